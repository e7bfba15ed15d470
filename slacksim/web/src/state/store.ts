import { signal } from "@preact/signals";
import type { Confirm } from "../api/blocks";
import type { Channel, User, View, Values, WorkspaceState } from "../api/types";
import { emptyConversations, type Conversations } from "./conversations";

export interface Place {
  page: "channel" | "home";
  channel?: string;
  thread?: string;
}

export type LinkState = "connecting" | "live" | "lost";

/** Everything the page shows. Components read the signals; the other files of this folder write them. */
export class Store {
  readonly workspace = signal<WorkspaceState | undefined>(undefined);
  readonly problem = signal<string | undefined>(undefined);
  readonly link = signal<LinkState>("connecting");
  readonly place = signal<Place>({ page: "channel" });
  readonly conversations = signal<Conversations>(emptyConversations);
  /** How many mentions and direct messages wait for each of the other people. */
  readonly attention = signal<ReadonlyMap<string, number>>(new Map());
  /** Modal stacks by user: a modal belongs to one person and waits for them while somebody else is played. */
  readonly modals = signal<ReadonlyMap<string, View[]>>(new Map());
  readonly homes = signal<ReadonlyMap<string, View>>(new Map());
  /** What was typed into a view, by view id; it outlives `views.update` (SF-3.12). */
  readonly drafts = signal<ReadonlyMap<string, Values>>(new Map());
  readonly status = signal<ReadonlyMap<string, string>>(new Map());
  readonly dismissed = signal<ReadonlySet<string>>(new Set());
  /** The `ts` of the message above which the "New" line stands. */
  readonly newLine = signal<string | undefined>(undefined);
  /** Up to where the server was told that a channel is read, by "user/channel". */
  readonly lastRead = new Map<string, string>();
  readonly sidebarOpen = signal(false);
  readonly labOpen = signal(false);
  /** The confirm dialog in front of everything, and who waits for its answer. */
  readonly question = signal<{ confirm: Confirm; answer(yes: boolean): void } | undefined>(undefined);
  readonly notice = signal<string | undefined>(undefined);

  get me(): User {
    return this.state.me;
  }

  get state(): WorkspaceState {
    const state = this.workspace.value;
    if (!state) throw new Error("the workspace is not loaded");
    return state;
  }

  user(id: string | undefined): User | undefined {
    return this.state.users.find((u) => u.id === id);
  }

  channel(id: string | undefined): Channel | undefined {
    return this.state.channels.find((c) => c.id === id);
  }

  /** The people a visitor can play. */
  people(): User[] {
    return this.state.users.filter((u) => !u.is_bot && !u.deactivated);
  }

  patchState(patch: Partial<WorkspaceState>): void {
    this.workspace.value = { ...this.state, ...patch };
  }

  patchChannel(id: string, patch: Partial<Channel>): void {
    const known = this.state.channels.some((c) => c.id === id);
    const channels = known
      ? this.state.channels.map((c) => (c.id === id ? { ...c, ...patch } : c))
      : [...this.state.channels, { id, name: id, is_private: false, is_im: false, ...patch }];
    this.patchState({ channels });
  }

  stackOf(user: string): View[] {
    return this.modals.value.get(user) ?? [];
  }
}

/** A copy of a map with one entry set, or removed when the value is undefined. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): ReadonlyMap<K, V> {
  const copy = new Map(map);
  if (value === undefined) copy.delete(key);
  else copy.set(key, value);
  return copy;
}
