import { useEffect } from "preact/hooks";
import { useStore } from "../state/context";
import { Icon } from "../ui/Icon";

const shownMs = 6000;

/** A refusal of the server, shown for a moment at the bottom. */
export function Notice() {
  const { notice } = useStore();
  const text = notice.value;
  useEffect(() => {
    if (!text) return;
    const timer = setTimeout(() => (notice.value = undefined), shownMs);
    return () => clearTimeout(timer);
  }, [text]);
  if (!text) return null;
  return (
    <div class="notice" role="alert">
      <Icon name="warning" /> <span>{text}</span>
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => (notice.value = undefined)}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
