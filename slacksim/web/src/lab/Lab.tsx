import { useStore } from "../state/context";
import { Icon } from "../ui/Icon";
import { FaultList } from "./FaultList";
import { PanelAction } from "./PanelAction";

/** The drawer that breaks things: the embedding program's buttons and the simulator's own faults. */
export function Lab() {
  const store = useStore();
  const groups = store.state.panel ?? [];
  return (
    <aside class="lab" aria-label="Break things">
      <header class="pane-head">
        <Icon name="lab" />
        <h2 class="pane-title">Break things</h2>
        <button type="button" class="icon-button" aria-label="Close panel" onClick={() => (store.labOpen.value = false)}>
          <Icon name="close" />
        </button>
      </header>
      <div class="lab-scroll">
        <p class="lab-intro">Nobody in Slack has this drawer. It is how you play the bad day that opsbot has to handle.</p>
        {groups.map((group) => (
          <section class="lab-group" key={group.title}>
            <h3>{group.title}</h3>
            {group.actions.map((action) => (
              <PanelAction key={action.id} action={action} />
            ))}
          </section>
        ))}
        {groups.length === 0 && <p class="empty">The program behind this workspace offers nothing to break.</p>}
        <FaultList />
      </div>
    </aside>
  );
}
