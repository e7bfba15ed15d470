import { useStore } from "../state/context";
import { Icon } from "../ui/Icon";

export function EphemeralNote({ ts }: { ts: string }) {
  const { dismissed } = useStore();
  return (
    <div class="ephemeral-note">
      <Icon name="eye" size={14} /> Only visible to you ·{" "}
      <button type="button" class="text-button" onClick={() => (dismissed.value = new Set(dismissed.value).add(ts))}>
        Dismiss
      </button>
    </div>
  );
}
