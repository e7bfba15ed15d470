import { useStore } from "../state/context";
import { Icon } from "../ui/Icon";

/** Opens the sidebar where it is a drawer. */
export function MenuButton() {
  const { sidebarOpen } = useStore();
  return (
    <button type="button" class="icon-button narrow-only" aria-label="Open sidebar" onClick={() => (sidebarOpen.value = true)}>
      <Icon name="menu" />
    </button>
  );
}
