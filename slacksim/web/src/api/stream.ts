import type { ServerEvent } from "./types";

export interface StreamHandlers {
  /** Called on every (re)connection: whatever happened meanwhile was not sent, so the reader has to reload. */
  onOpen(): void;
  onEvent(event: ServerEvent): void;
  onLost(): void;
}

const retryMs = 1500;

/** Follows one user's Server-Sent Events until the returned function is called. */
export function follow(user: string, handlers: StreamHandlers): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    source = new EventSource(`/ui/events?user=${encodeURIComponent(user)}`);
    source.onopen = handlers.onOpen;
    source.onmessage = (e) => handlers.onEvent(JSON.parse(e.data) as ServerEvent);
    source.onerror = () => {
      handlers.onLost();
      // The browser gives up for good on an HTTP error (a proxy's 502, say), so the retry is ours.
      source?.close();
      retry = setTimeout(connect, retryMs);
    };
  };
  connect();

  return () => {
    source?.close();
    clearTimeout(retry);
  };
}
