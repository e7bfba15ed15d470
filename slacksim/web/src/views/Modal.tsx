import { useState } from "preact/hooks";
import { api } from "../api/client";
import type { View } from "../api/types";
import { Blocks } from "../blocks/Blocks";
import { SurfaceContext, type Surface } from "../blocks/surface";
import { plain } from "../blocks/text";
import { collectValues, missingInputs } from "../elements/values";
import { useSession } from "../state/context";
import { Avatar } from "../ui/Avatar";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/Spinner";
import { closeView, settle } from "./modalActions";
import { useDraft } from "./useDraft";

/** What Slack says when the app's answer is late or broken (SF-1.28). */
const trouble = "We had some trouble connecting. Try again?";

export function Modal({ view, depth }: { view: View; depth: number }) {
  const session = useSession();
  const { store } = session;
  const [values, change] = useDraft(view.id);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function submit(): Promise<void> {
    if (busy) return;
    const all = collectValues(view.blocks, values);
    const missing = missingInputs(view.blocks, all);
    setErrors(missing);
    setProblem(undefined);
    if (Object.keys(missing).length > 0) return;
    setBusy(true);
    const answer = await api
      .submit({ user: store.me.id, view_id: view.id, values: all })
      .catch((error: Error) => ({ error: error.message, errors: undefined, response_action: undefined }));
    setBusy(false);
    if (answer.error) return setProblem(`${trouble} (${answer.error})`);
    if (answer.errors) return setErrors(answer.errors);
    settle(store, view.id, answer.response_action ?? "close");
  }

  const surface: Surface = {
    container: { type: "view", view_id: view.id },
    values,
    errors,
    change: (block, action, value) => {
      setErrors(({ [block]: _, ...rest }) => rest);
      change(block, action, value);
    },
    submit: view.submit ? () => void submit() : undefined,
  };

  return (
    <Dialog label={plain(view.title) || "Modal"} class="dialog-modal" onCancel={() => void closeView(session, view, true)}>
      <div class="dialog-head">
        {depth > 1 && (
          <button type="button" class="icon-button" aria-label="Back" onClick={() => void closeView(session, view, false)}>
            <Icon name="back" />
          </button>
        )}
        <Avatar user={store.user(store.state.app.bot_user)} size={28} />
        <h2>{plain(view.title)}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={() => void closeView(session, view, true)}>
          <Icon name="close" />
        </button>
      </div>
      <div class="dialog-body" key={view.id}>
        {problem && (
          <div class="dialog-problem" role="alert">
            <Icon name="warning" /> {problem}
          </div>
        )}
        <SurfaceContext.Provider value={surface}>
          <Blocks blocks={view.blocks} />
        </SurfaceContext.Provider>
      </div>
      <div class="dialog-foot">
        <span class="dialog-owner">Only {store.me.real_name || store.me.name} sees this</span>
        <button type="button" class="button" onClick={() => void closeView(session, view, false)}>
          {plain(view.close) || "Cancel"}
        </button>
        {view.submit && (
          <button type="button" class="button button-solid button-primary" disabled={busy} onClick={() => void submit()}>
            <span class={busy ? "button-label button-label-busy" : "button-label"}>{plain(view.submit)}</span>
            {busy && <Spinner />}
          </button>
        )}
      </div>
    </Dialog>
  );
}
