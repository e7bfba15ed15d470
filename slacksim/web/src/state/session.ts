import type { Confirm } from "../api/blocks";
import { api, ApiError } from "../api/client";
import { follow } from "../api/stream";
import type { ServerEvent, WorkspaceState } from "../api/types";
import { applyEvent } from "./apply";
import { pollAttention } from "./attention";
import { emptyConversations } from "./conversations";
import { Lists } from "./lists";
import { readAddress, writeAddress } from "./location";
import { latestTs, visiblePlace } from "./place";
import { Store, type Place } from "./store";

const attentionEveryMs = 3000;
const retryMs = 1500;

/** One visitor at the page: who they play, where they look, and the stream that keeps it current. */
export class Session {
  readonly store = new Store();
  private readonly lists = new Lists(this.store, (run) => this.attempt(run));
  private stopStream = () => {};
  private loads = 0;
  /** Events that came while lists were loading: applied to the old lists they would be overwritten. */
  private held: ServerEvent[] = [];

  async start(): Promise<void> {
    const address = readAddress(location.search);
    window.addEventListener("popstate", () => void this.followAddress());
    document.addEventListener("visibilitychange", () => void this.markRead());
    setInterval(() => void pollAttention(this.store), attentionEveryMs);
    await this.actAs(address.user, address);
  }

  /** Plays another person; keeps the place where that person can see it. */
  async actAs(user: string | undefined, place: Place = this.store.place.value): Promise<void> {
    this.stopStream();
    const state = await this.firstState(user);
    this.held = [];
    this.store.conversations.value = emptyConversations;
    this.store.workspace.value = state;
    this.store.problem.value = undefined;
    const target = visiblePlace(state, place);
    // Another person's eyes: what is unread is theirs, even in the same channel.
    this.store.place.value = { page: target.page };
    await this.go(target, "replace");
    this.connect(state.me.id);
    void pollAttention(this.store);
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
    this.store.link.value = "connecting";
    this.stopStream();
    this.stopStream = follow(user, {
      onOpen: () => {
        this.store.link.value = "live";
        void this.attempt(() => this.resync());
      },
      onEvent: (event) => this.receive(event),
      onLost: () => {
        this.store.link.value = "lost";
      },
    });
  }

  private receive(event: ServerEvent): void {
    if (this.loads > 0) {
      this.held.push(event);
      return;
    }
    applyEvent(this.store, event);
    if (event.type === "message") void this.markRead();
  }

  /** Catches up with what happened before the stream was open, the first time too. */
  private async resync(): Promise<void> {
    const user = this.store.me.id;
    const state = await api.state(user);
    if (this.store.me.id !== user) return;
    this.store.workspace.value = state;
    await this.go(visiblePlace(state, this.store.place.value), "replace", true);
  }

  /** Moves to a channel, thread or Home and loads what it shows; `fresh` loads again what is there already. */
  async go(place: Place, history: "push" | "replace" = "push", fresh = false): Promise<void> {
    const { store } = this;
    const unread = store.channel(place.channel)?.unread ?? 0;
    const moved = place.channel !== store.place.value.channel;
    store.place.value = place;
    store.sidebarOpen.value = false;
    const url = writeAddress({ ...place, user: store.me.id });
    if (history === "push" && url !== location.search) window.history.pushState(null, "", url);
    else window.history.replaceState(null, "", url);
    await this.load(place, fresh);
    if (moved) this.drawNewLine(place.channel, unread);
    await this.markRead();
  }

  private async followAddress(): Promise<void> {
    const { user, ...place } = readAddress(location.search);
    if (user && user !== this.store.me.id) await this.actAs(user, place);
    else await this.go(visiblePlace(this.store.state, place), "replace");
  }

  private async load(place: Place, fresh: boolean): Promise<void> {
    this.loads++;
    if (place.page === "home") await this.attempt(() => api.home(this.store.me.id));
    else await this.lists.load(place, fresh);
    this.loads--;
    if (this.loads === 0) this.held.splice(0).forEach((event) => this.receive(event));
  }

  loadOlder(channel: string): Promise<void> {
    return this.lists.loadOlder(channel);
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
    const ts = latestTs(store.conversations.value, channel);
    const known = store.channel(channel);
    const key = `${store.me.id}/${channel}`;
    // What is watched while it comes counts as read here; the server has to be told as well.
    const told = store.lastRead.get(key) === ts && !known?.unread && !known?.mentions;
    if (!ts || !known || told) return;
    store.lastRead.set(key, ts);
    store.patchChannel(channel, { unread: 0, mentions: 0 });
    await this.attempt(() => api.read({ user: store.me.id, channel, ts }));
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
