import type { View } from "../api/types";

/** The stack after a view was opened, pushed or updated. */
export function placeView(stack: View[], view: View): View[] {
  const at = stack.findIndex((v) => v.id === view.id);
  if (at >= 0) return stack.with(at, view);
  const below = stack.findIndex((v) => v.id === view.previous_view_id);
  return [...stack.slice(0, below + 1), view];
}

export function removeView(stack: View[], id: string): View[] {
  return stack.filter((v) => v.id !== id);
}
