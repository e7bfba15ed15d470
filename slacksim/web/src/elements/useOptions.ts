import { useEffect, useState } from "preact/hooks";
import type { Element, Option, OptionGroup } from "../api/blocks";
import { api } from "../api/client";
import { useSurface } from "../blocks/surface";
import { plain } from "../blocks/text";
import { useSession } from "../state/context";
import type { Store } from "../state/store";
import type { SelectKind } from "./selectKind";

export interface Choices {
  groups: OptionGroup[];
  loading: boolean;
  note?: string;
}

const typingPauseMs = 250;

/** The options that match what was typed: from the element, the workspace or the bot. */
export function useOptions(element: Element, blockId: string, kind: SelectKind, typed: string): Choices {
  const { store } = useSession();
  const remote = useRemoteOptions(element, blockId, kind, typed);
  if (kind.source === "external") return remote;
  const groups = kind.source === "static" ? given(element.options, element.option_groups) : workspaceOptions(store, kind);
  return { groups: filter(groups, typed), loading: false };
}

function given(options: Option[] | undefined, groups: OptionGroup[] | undefined): OptionGroup[] {
  return groups ?? [{ label: { type: "plain_text", text: "" }, options: options ?? [] }];
}

function filter(groups: OptionGroup[], typed: string): OptionGroup[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return groups;
  const matches = (o: Option) => `${plain(o.text)} ${plain(o.description)}`.toLowerCase().includes(wanted);
  return groups.map((g) => ({ ...g, options: g.options.filter(matches) })).filter((g) => g.options.length > 0);
}

function option(text: string, value: string, description?: string): Option {
  const label = (t: string) => ({ type: "plain_text" as const, text: t, emoji: false });
  return { text: label(text), value, description: description ? label(description) : undefined };
}

function workspaceOptions(store: Store, kind: SelectKind): OptionGroup[] {
  const users = store.state.users.filter((u) => !u.deactivated).map((u) => option(u.real_name || u.name, u.id, u.title));
  const channels = store.state.channels.filter((c) => !c.is_im && !c.archived).map((c) => option(`#${c.name}`, c.id));
  if (kind.source === "users") return given(users, undefined);
  if (kind.source === "channels") return given(channels, undefined);
  const directs = store.state.channels
    .filter((c) => c.is_im)
    .map((c) => option(store.user(c.user)?.real_name ?? c.name, c.id));
  return given([...channels, ...directs], undefined);
}

function useRemoteOptions(element: Element, blockId: string, kind: SelectKind, typed: string): Choices {
  const { container } = useSurface();
  const { store } = useSession();
  const [choices, setChoices] = useState<Choices>({ groups: [], loading: false });
  const shortest = element.min_query_length ?? 3;
  useEffect(() => {
    if (kind.source !== "external") return;
    if (typed.length < shortest) {
      setChoices({ groups: [], loading: false, note: `Type at least ${shortest} characters` });
      return;
    }
    let current = true;
    setChoices((c) => ({ ...c, loading: true, note: undefined }));
    const timer = setTimeout(async () => {
      const body = { user: store.me.id, container, block_id: blockId, action_id: element.action_id ?? "", value: typed };
      const next = await api.options(body).then(
        (answer): Choices => ({ groups: given(answer.options, answer.option_groups), loading: false }),
        (error: Error): Choices => ({ groups: [], loading: false, note: error.message }),
      );
      if (current) setChoices(next);
    }, typingPauseMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [typed, kind.source]);
  return choices;
}
