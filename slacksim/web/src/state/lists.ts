import { api, type MessagePage } from "../api/client";
import { threadKey } from "./conversations";
import type { Place, Store } from "./store";

type Attempt = <T>(run: () => Promise<T>) => Promise<T | undefined>;

const pageSize = "100";

/** Loads the message lists that a place shows. */
export class Lists {
  private readingBefore = "";

  constructor(
    private readonly store: Store,
    private readonly attempt: Attempt,
  ) {}

  /** With `fresh`, lists that are loaded already are loaded again; those in sight stay until the new content is here. */
  async load({ channel, thread }: Place, fresh: boolean): Promise<void> {
    if (!channel) return;
    const { conversations } = this.store;
    const wanted = thread ? [channel, threadKey(channel, thread)] : [channel];
    if (fresh) conversations.value = new Map([...conversations.value].filter(([key]) => wanted.includes(key)));
    const missing = wanted.filter((key) => fresh || !conversations.value.has(key));
    await Promise.all(missing.map((key) => this.loadList(key, channel, key === channel ? undefined : thread)));
  }

  private async loadList(key: string, channel: string, thread_ts?: string): Promise<void> {
    const page = await this.fetch({ channel, thread_ts });
    if (page) this.put(key, page);
  }

  /** Adds the page before the oldest message of a channel. */
  async loadOlder(channel: string): Promise<void> {
    const known = this.store.conversations.value.get(channel);
    const before = known?.messages[0]?.ts;
    if (!known?.hasMore || !before || this.readingBefore === before) return;
    this.readingBefore = before;
    const page = await this.fetch({ channel, before });
    this.readingBefore = "";
    const current = this.store.conversations.value.get(channel);
    if (page && current) this.put(channel, { ...page, messages: [...page.messages, ...current.messages] });
  }

  private async fetch(query: { channel: string; thread_ts?: string; before?: string }): Promise<MessagePage | undefined> {
    const user = this.store.me.id;
    const page = await this.attempt(() => api.messages({ user, ...query, limit: pageSize }));
    // Somebody else may be played by the time the answer is here, and their messages are not these.
    return this.store.me.id === user ? page : undefined;
  }

  private put(key: string, page: MessagePage): void {
    const { conversations } = this.store;
    conversations.value = new Map(conversations.value).set(key, { messages: page.messages ?? [], hasMore: page.has_more });
  }
}
