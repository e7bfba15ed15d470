import { useRef, useState } from "preact/hooks";
import type { User } from "../api/types";
import { useSession } from "../state/context";
import { attentionOf } from "../state/attention";
import type { Store } from "../state/store";
import { Avatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { shortTitle } from "../ui/shortTitle";

/** Who the visitor plays: a chip for each person where there is room, one button with a list where there is not. */
export function PeopleSwitcher() {
  const { store } = useSession();
  return (
    <nav class="people" aria-label="Act as">
      <span class="people-label" aria-hidden="true">
        Act as
      </span>
      <div class="people-chips">
        {store.people().map((person) => (
          <PersonChip key={person.id} person={person} />
        ))}
      </div>
      <PeopleMenu />
    </nav>
  );
}

function waiting(store: Store, person: User): number {
  if (person.id === store.me.id) return attentionOf(store.state.channels);
  return store.attention.value.get(person.id) ?? 0;
}

function PersonChip({ person }: { person: User }) {
  const session = useSession();
  const { store } = session;
  const active = person.id === store.me.id;
  const count = waiting(store, person);
  const name = person.real_name || person.name;
  return (
    <button
      type="button"
      class={active ? "person person-active" : "person"}
      aria-pressed={active}
      aria-label={`Act as ${name}${person.title ? `, ${person.title}` : ""}${count ? `, ${count} waiting` : ""}`}
      title={[name, person.title].filter(Boolean).join(" · ")}
      onClick={() => void session.actAs(person.id)}
    >
      <Avatar user={person} size={26} />
      <span class="person-text">
        <span class="person-name">{name}</span>
        <small>{shortTitle(person.title) || person.name}</small>
      </span>
      {count > 0 && !active && <span class="badge">{count}</span>}
    </button>
  );
}

function PeopleMenu() {
  const session = useSession();
  const { store } = session;
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const others = store.people().filter((p) => p.id !== store.me.id);
  const elsewhere = others.reduce((sum, p) => sum + waiting(store, p), 0);
  const pick = (person: User) => {
    setOpen(false);
    void session.actAs(person.id);
  };
  return (
    <div class="people-menu">
      <button
        ref={anchor}
        type="button"
        class="person person-active"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={`Acting as ${store.me.real_name}${elsewhere ? `; ${elsewhere} waiting for others` : ""}`}
        onClick={() => setOpen(!open)}
      >
        <Avatar user={store.me} size={26} />
        <span class="person-text">
          <span class="person-name">{store.me.real_name || store.me.name}</span>
          <small>{shortTitle(store.me.title)}</small>
        </span>
        {elsewhere > 0 && <span class="badge">{elsewhere}</span>}
        <Icon name="caret" size={16} />
      </button>
      {open && (
        <Menu anchor={anchor} onClose={() => setOpen(false)} label="Act as" align="end">
          {store.people().map((person) => (
            <button key={person.id} type="button" role="menuitem" tabIndex={-1} class="menu-item menu-person" onClick={() => pick(person)}>
              <Avatar user={person} size={32} />
              <span class="person-text">
                <span>{person.real_name || person.name}</span>
                <small>{person.title}</small>
              </span>
              {waiting(store, person) > 0 && <span class="badge">{waiting(store, person)}</span>}
              {person.id === store.me.id && <Icon name="check" />}
            </button>
          ))}
        </Menu>
      )}
    </div>
  );
}
