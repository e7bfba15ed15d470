import { api } from "../api/client";
import { useSession } from "../state/context";
import { faults, type Fault } from "./faults";

export function FaultList() {
  return (
    <section class="lab-group">
      <h3>Slack faults</h3>
      {faults.map((fault) => (
        <FaultRow key={fault.key} fault={fault} />
      ))}
    </section>
  );
}

function FaultRow({ fault }: { fault: Fault }) {
  const session = useSession();
  const { store } = session;
  const now = store.state.faults?.[fault.key];
  const active = Boolean(now) && fault.off !== undefined;
  const toggle = async () => {
    const next = await session.attempt(() => api.faults(active ? fault.off! : fault.on));
    if (next) store.patchState({ faults: next });
  };
  return (
    <div class={active ? "fault fault-active" : "fault"}>
      <span class="fault-text">
        <span>
          {fault.title}
          {typeof now === "number" && now > 0 && <span class="fault-left"> · {fault.key === "delay_ms" ? `${now} ms` : `${now} left`}</span>}
        </span>
        <small>{fault.note}</small>
      </span>
      {fault.off ? (
        <button type="button" class="switch" role="switch" aria-checked={active} aria-label={fault.title} onClick={() => void toggle()} />
      ) : (
        <button type="button" class="button button-small" aria-label={fault.title} onClick={() => void toggle()}>
          Do it
        </button>
      )}
    </div>
  );
}
