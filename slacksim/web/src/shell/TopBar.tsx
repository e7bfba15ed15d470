import { useStore } from "../state/context";
import { Icon } from "../ui/Icon";
import { BrandMark } from "./BrandMark";
import { PeopleSwitcher } from "./PeopleSwitcher";

export function TopBar() {
  const { labOpen } = useStore();
  return (
    <header class="topbar">
      <div class="brand">
        <BrandMark />
        <span class="brand-name">
          opsbot <span>demo workspace</span>
        </span>
      </div>
      <PeopleSwitcher />
      <button
        type="button"
        class="lab-toggle"
        aria-pressed={labOpen.value}
        aria-label="Break things"
        title="Break things"
        onClick={() => (labOpen.value = !labOpen.value)}
      >
        <Icon name="lab" />
        <span>Break things</span>
      </button>
    </header>
  );
}
