import type { ElementValue, Values } from "../api/types";
import { useStore } from "../state/context";
import { withEntry } from "../state/store";

/** What was entered into a view so far. */
export function useDraft(viewId: string): [Values, (block: string, action: string, value: ElementValue) => void] {
  const { drafts } = useStore();
  const values = drafts.value.get(viewId) ?? {};
  const change = (block: string, action: string, value: ElementValue) => {
    const current = drafts.value.get(viewId) ?? {};
    const next = { ...current, [block]: { ...current[block], [action]: value } };
    drafts.value = withEntry(drafts.value, viewId, next);
  };
  return [values, change];
}
