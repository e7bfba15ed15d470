import { expect, it } from "vitest";
import type { Block } from "../api/blocks";
import { collectValues, missingInputs } from "./values";

const label = { type: "plain_text" as const, text: "x" };
const option = { text: label, value: "a" };
const blocks: Block[] = [
  { type: "input", block_id: "n", label, element: { type: "number_input", action_id: "v", initial_value: "3" } },
  { type: "input", block_id: "s", label, element: { type: "static_select", action_id: "v", options: [option] } },
  { type: "input", block_id: "o", label, optional: true, element: { type: "plain_text_input", action_id: "v" } },
  { type: "actions", block_id: "a", elements: [{ type: "button", action_id: "b" }, { type: "checkboxes", action_id: "c" }] },
];

it("submits untouched elements with their initial values and leaves buttons out", () => {
  expect(collectValues(blocks, {})).toEqual({
    n: { v: { type: "number_input", value: "3" } },
    s: { v: { type: "static_select", selected_option: null } },
    o: { v: { type: "plain_text_input", value: null } },
    a: { c: { type: "checkboxes", selected_options: [] } },
  });
});

it("asks for required inputs only", () => {
  expect(Object.keys(missingInputs(blocks, collectValues(blocks, {})))).toEqual(["s"]);
  const chosen = { s: { v: { type: "static_select", selected_option: option } } };
  expect(missingInputs(blocks, collectValues(blocks, chosen))).toEqual({});
});
