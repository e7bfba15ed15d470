import { useStore } from "../state/context";

/** "opsbot is thinking…", while the app says so. */
export function StatusLine({ channel }: { channel: string }) {
  const store = useStore();
  const text = store.status.value.get(channel);
  if (!text) return null;
  return (
    <div class="status-line" role="status">
      <b>{store.state.app.name}</b> {text}
    </div>
  );
}
