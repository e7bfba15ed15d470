import { render } from "preact";
import { Session } from "./state/session";
import { App } from "./shell/App";
import "./styles/index.css";

const session = new Session();
render(<App session={session} />, document.getElementById("app")!);
void session.start();
