import { TextObject, plain } from "../blocks/text";
import { useStore } from "../state/context";
import { Dialog } from "../ui/Dialog";

/** The `confirm` object of an element, asked before its action is sent. */
export function ConfirmDialog() {
  const question = useStore().question.value;
  if (!question) return null;
  const { confirm, answer } = question;
  return (
    <Dialog label={plain(confirm.title) || "Are you sure?"} class="dialog-confirm" onCancel={() => answer(false)}>
      <div class="dialog-head">
        <h2>{confirm.title ? <TextObject text={confirm.title} /> : "Are you sure?"}</h2>
      </div>
      <div class="dialog-body">
        <TextObject text={confirm.text} />
      </div>
      <div class="dialog-foot">
        <button type="button" class="button" onClick={() => answer(false)}>
          {plain(confirm.deny) || "Cancel"}
        </button>
        <button
          type="button"
          class={`button button-solid ${confirm.style === "danger" ? "button-danger" : "button-primary"}`}
          autoFocus
          onClick={() => answer(true)}
        >
          {plain(confirm.confirm) || "Yes"}
        </button>
      </div>
    </Dialog>
  );
}
