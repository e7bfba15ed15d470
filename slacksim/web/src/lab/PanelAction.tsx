import { useState } from "preact/hooks";
import { api } from "../api/client";
import type { PanelAction as Action } from "../api/types";
import { Spinner } from "../ui/Spinner";

type Result = { ok: boolean; text: string };

export function PanelAction({ action }: { action: Action }) {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Result>();
  const run = async () => {
    setBusy(true);
    setResult(undefined);
    const answer = await api.panel(action.id).catch((error: Error) => ({ ok: false, error: error.message, message: undefined }));
    setBusy(false);
    setResult({ ok: answer.ok, text: answer.ok ? answer.message || "Done." : answer.error || "It did not work." });
  };
  return (
    <div class="lab-action">
      <button
        type="button"
        class={`button lab-button ${action.style ? `button-${action.style}` : ""}`}
        disabled={busy}
        onClick={() => void run()}
      >
        {action.title}
        {busy && <Spinner />}
      </button>
      {action.description && <p class="lab-note">{action.description}</p>}
      {result && (
        <p class={result.ok ? "lab-result" : "lab-result lab-result-bad"} role="status">
          {result.text}
        </p>
      )}
    </div>
  );
}
