import { useStore } from "../state/context";

/** Said while the live stream is down; it comes back and reloads by itself. */
export function LinkBanner() {
  if (useStore().link.value !== "lost") return null;
  return (
    <div class="link-banner" role="status">
      Lost the connection to the simulator. Reconnecting…
    </div>
  );
}
