import { api } from "../api/client";
import type { SubmitAnswer, View } from "../api/types";
import { removeView } from "../state/modals";
import type { Session } from "../state/session";
import { withEntry, type Store } from "../state/store";

function setStack(store: Store, stack: View[]): void {
  store.modals.value = withEntry(store.modals.value, store.me.id, stack.length ? stack : undefined);
}

/** Brings the stack to what the app answered to a submission; updates and pushes arrive as events of their own. */
export function settle(store: Store, viewId: string, action: NonNullable<SubmitAnswer["response_action"]>): void {
  if (action === "close") setStack(store, removeView(store.stackOf(store.me.id), viewId));
  if (action === "clear") setStack(store, []);
}

/** Cancel takes the top view away, the cross the whole stack (SF-3.6). */
export async function closeView(session: Session, view: View, clear: boolean): Promise<void> {
  const { store } = session;
  setStack(store, clear ? [] : removeView(store.stackOf(store.me.id), view.id));
  await session.attempt(() => api.close({ user: store.me.id, view_id: view.id, clear }));
}
