import { useState } from "preact/hooks";
import type { Element } from "../api/blocks";
import { api } from "../api/client";
import type { ElementValue } from "../api/types";
import { useSurface } from "../blocks/surface";
import { useSession } from "../state/context";
import { initialValue } from "./values";

export interface ElementProps {
  element: Element;
  blockId: string;
  /** Whether a change is sent at once; inside an input block only with `dispatch_action` (SF-3.4). */
  acts: boolean;
  labelledBy?: string;
  describedBy?: string;
}

/** An element's value and its way to the bot: pending until acked, failed when the ack did not come (SF-1.28). */
export function useElement({ element, blockId, acts }: ElementProps) {
  const surface = useSurface();
  const session = useSession();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string>();
  const actionId = element.action_id ?? "";
  const value = surface.values[blockId]?.[actionId] ?? initialValue(element);

  async function send(payload: Record<string, unknown>): Promise<void> {
    setPending(true);
    setFailure(undefined);
    const target = { user: session.store.me.id, container: surface.container, block_id: blockId, action_id: actionId };
    // A view's payload shows everything entered so far, not only what was pressed.
    const values = surface.container.type === "view" ? surface.values : undefined;
    const answer = await api
      .action({ ...target, ...payload, values })
      .catch((error: Error) => ({ ok: false, error: error.message }));
    setPending(false);
    if (!answer.ok) setFailure(answer.error ?? "The app did not answer in time.");
  }

  async function press(payload: Record<string, unknown>): Promise<void> {
    if (element.confirm && !(await session.confirm(element.confirm))) return;
    await send(payload);
  }

  async function change(fields: Record<string, unknown>): Promise<void> {
    const next: ElementValue = { type: element.type, ...fields };
    if (!acts) return surface.change(blockId, actionId, next);
    if (element.confirm && !(await session.confirm(element.confirm))) return;
    surface.change(blockId, actionId, next);
    await send(fields);
  }

  /** Keeps the value without telling the bot: text while it is typed. */
  function keep(fields: Record<string, unknown>): void {
    surface.change(blockId, actionId, { type: element.type, ...fields });
  }

  return { value, pending, failure, press, change, keep, send };
}
