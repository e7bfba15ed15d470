import { useStore } from "../state/context";
import { Modal } from "./Modal";

/** The modals of the person being played; only the topmost shows. */
export function ModalStack() {
  const store = useStore();
  const stack = store.modals.value.get(store.me.id) ?? [];
  const top = stack.at(-1);
  if (!top) return null;
  return <Modal key={`${store.me.id}-${stack[0]!.id}`} view={top} depth={stack.length} />;
}
