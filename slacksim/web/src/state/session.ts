import type { Confirm } from "../api/blocks";
import { api, ApiError } from "../api/client";
import { follow } from "../api/stream";
import type { Channel, WorkspaceState } from "../api/types";
import { applyEvent } from "./apply";
import { emptyConversations, threadKey } from "./conversations";
import { readAddress, writeAddress } from "./location";
import { Store, withEntry, type Place } from "./store";

const pageSize = "100";
const attentionEveryMs = 3000;
const retryMs = 1500;

/** One visitor at the page: who they play, where they look, and the stream that keeps it current. */
export class Session {
  readonly store = new Store();
  private stopStream = () => {};
  private reading = "";

  async start(): Promise<void> {
    const address = readAddress(location.search);
    window.addEventListener("popstate", () => void this.followAddress());
    document.addEventListener("visibilitychange", () => void this.markRead());
    setInterval(() => void this.pollAttention(), attentionEveryMs);
    await this.actAs(address.user, address);
  }

  /** Plays another person; keeps the place where that person can see it. */
  async actAs(user: string | undefined, place: Place = this.store.place.value): Promise<void> {
    this.stopStream();
    const state = await this.firstState(user);
    this.store.conversations.value = emptyConversations;
    this.store.workspace.value = state;
    this.store.problem.value = undefined;
    const target = visiblePlace(state, place);
    // Another person's eyes: what is unread is theirs, even in the same channel.
    this.store.place.value = { page: target.page };
    await this.go(target, "replace");
    this.connect(state.me.id);
    void this.pollAttention();
  }

  /** The very first load waits for the server; an unknown user falls back to whom the server proposes. */
  private async firstState(user: string | undefined): Promise<WorkspaceState> {
    for (;;) {
      try {
        return await api.state(user).catch((error) => {
          if (user === undefined || !(error instanceof ApiError)) throw error;
          return api.state(undefined);
        });
      } catch (error) {
        this.store.problem.value = (error as Error).message;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  private connect(user: string): void {
    let opened = false;
    this.store.link.value = "connecting";
    this.stopStream = follow(user, {
      onOpen: () => {
        this.store.link.value = "live";
        if (opened) void this.resync();
        opened = true;
      },
      onEvent: (event) => {
        applyEvent(this.store, event);
        if (event.type === "message") void this.markRead();
      },
      onLost: () => {
        this.store.link.value = "lost";
      },
    });
  }

  private async resync(): Promise<void> {
    const { place } = this.store;
    this.store.workspace.value = await api.state(this.store.me.id);
    await this.go(visiblePlace(this.store.state, place.value), "replace", "fresh");
  }

  /** Moves to a channel, thread or Home and loads what it shows. */
  async go(place: Place, history: "push" | "replace" = "push", lists: "kept" | "fresh" = "kept"): Promise<void> {
    const { store } = this;
    const unread = store.channel(place.channel)?.unread ?? 0;
    const moved = place.channel !== store.place.value.channel;
    store.place.value = place;
    store.sidebarOpen.value = false;
    const url = writeAddress({ ...place, user: store.me.id });
    if (history === "push" && url !== location.search) window.history.pushState(null, "", url);
    else window.history.replaceState(null, "", url);
    await this.load(place, lists === "fresh");
    if (moved) this.drawNewLine(place.channel, unread);
    await this.markRead();
  }

  private async followAddress(): Promise<void> {
    const { user, ...place } = readAddress(location.search);
    if (user && user !== this.store.me.id) await this.actAs(user, place);
    else await this.go(visiblePlace(this.store.state, place), "replace");
  }

  private async load(place: Place, fresh: boolean): Promise<void> {
    if (place.page === "home") {
      await this.attempt(() => api.home(this.store.me.id));
      return;
    }
    if (!place.channel) return;
    const { channel, thread } = place;
    const wanted = thread ? [channel, threadKey(channel, thread)] : [channel];
    if (fresh) this.forgetAllBut(wanted);
    const missing = wanted.filter((key) => fresh || !this.store.conversations.value.has(key));
    await Promise.all(missing.map((key) => this.loadList(key, channel, key === channel ? undefined : thread)));
  }

  /** Lists out of sight are stale after a lost stream; those in sight stay until their new content is here. */
  private forgetAllBut(keys: string[]): void {
    const { conversations } = this.store;
    conversations.value = new Map([...conversations.value].filter(([key]) => keys.includes(key)));
  }

  private async loadList(key: string, channel: string, thread_ts?: string): Promise<void> {
    const { store } = this;
    const user = store.me.id;
    const page = await this.attempt(() => api.messages({ user, channel, thread_ts, limit: pageSize }));
    // Somebody else may be played by the time the answer is here, and their messages are not these.
    if (!page || store.me.id !== user) return;
    store.conversations.value = new Map(store.conversations.value).set(key, {
      messages: page.messages ?? [],
      hasMore: page.has_more,
    });
  }

  async loadOlder(channel: string): Promise<void> {
    const { store } = this;
    const known = store.conversations.value.get(channel);
    const before = known?.messages[0]?.ts;
    if (!known?.hasMore || !before || this.reading === before) return;
    this.reading = before;
    const page = await this.attempt(() => api.messages({ user: store.me.id, channel, before, limit: pageSize }));
    this.reading = "";
    const current = store.conversations.value.get(channel);
    if (!page || !current) return;
    store.conversations.value = new Map(store.conversations.value).set(channel, {
      messages: [...page.messages, ...current.messages],
      hasMore: page.has_more,
    });
  }

  /** Fixes where the "New" line stands: reading clears the count, and the line has to stay. */
  private drawNewLine(channel: string | undefined, unread: number): void {
    const messages = this.store.conversations.value.get(channel ?? "")?.messages ?? [];
    const first = unread > 0 ? messages.at(-unread) : undefined;
    this.store.newLine.value = first?.ts;
  }

  async markRead(): Promise<void> {
    const { store } = this;
    const { page, channel } = store.place.value;
    if (page !== "channel" || !channel || document.visibilityState !== "visible") return;
    const ts = latestTs(store, channel);
    const known = store.channel(channel);
    if (!ts || !known || (!known.unread && !known.mentions)) return;
    store.patchChannel(channel, { unread: 0, mentions: 0 });
    await this.attempt(() => api.read({ user: store.me.id, channel, ts }));
  }

  /** Asks for the others' badges; one stream each would use up the browser's six connections per host. */
  private async pollAttention(): Promise<void> {
    const { store } = this;
    if (!store.workspace.value || document.visibilityState !== "visible") return;
    for (const person of store.people()) {
      if (person.id === store.me.id) continue;
      const state = await api.state(person.id).catch(() => undefined);
      const waiting = state && attentionOf(state.channels);
      if (waiting === undefined || waiting === store.attention.value.get(person.id)) continue;
      store.attention.value = withEntry(store.attention.value, person.id, waiting);
    }
  }

  async openDirect(other: string): Promise<void> {
    const answer = await this.attempt(() => api.open(this.store.me.id, other));
    if (!answer) return;
    if (!this.store.channel(answer.channel)) {
      this.store.patchChannel(answer.channel, { name: other, is_im: true, is_private: true, user: other });
    }
    await this.go({ page: "channel", channel: answer.channel });
  }

  /** Asks an element's confirm question; resolves to the person's answer. */
  confirm(confirm: Confirm): Promise<boolean> {
    return new Promise((resolve) => {
      const answer = (yes: boolean) => {
        this.store.question.value = undefined;
        resolve(yes);
      };
      this.store.question.value = { confirm, answer };
    });
  }

  /** Runs a call; a refusal is shown as a notice and answers undefined. */
  async attempt<T>(run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      this.store.notice.value = (error as Error).message;
      return undefined;
    }
  }
}

function latestTs(store: Store, channel: string): string | undefined {
  let latest: string | undefined;
  for (const [key, { messages }] of store.conversations.value) {
    if (key !== channel && !key.startsWith(`${channel}/`)) continue;
    const last = messages.at(-1)?.ts;
    if (last && (!latest || last > latest)) latest = last;
  }
  return latest;
}

/** How much is addressed to the person whose channels these are: mentions, and every direct message. */
export function attentionOf(channels: Channel[]): number {
  const waiting = (c: Channel) => (c.is_im ? Math.max(c.unread ?? 0, c.mentions ?? 0) : (c.mentions ?? 0));
  return channels.reduce((sum, c) => sum + waiting(c), 0);
}

/** The place itself if this user can see it, else the first channel. */
function visiblePlace(state: WorkspaceState, place: Place): Place {
  if (place.page === "home" && state.app.home_enabled) return { page: "home" };
  const channel = state.channels.find((c) => c.id === place.channel || (place.channel && c.name === place.channel));
  if (channel) return { page: "channel", channel: channel.id, thread: place.thread };
  const first = state.channels.find((c) => !c.is_im && !c.archived) ?? state.channels[0];
  return { page: "channel", channel: first?.id };
}
