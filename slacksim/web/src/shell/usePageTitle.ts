import { useEffect } from "preact/hooks";
import { channelTitle } from "../chat/channelTitle";
import { useStore } from "../state/context";
import { attentionOf } from "../state/attention";

/** The tab says where one is and how much waits for the person being played. */
export function usePageTitle(): void {
  const store = useStore();
  const channel = store.channel(store.place.value.channel);
  const waiting = attentionOf(store.state.channels);
  const place = store.place.value.page === "home" || !channel ? store.state.app.name : channelTitle(store, channel);
  const title = `${waiting ? `(${waiting}) ` : ""}${place} · ${store.state.team.name}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
