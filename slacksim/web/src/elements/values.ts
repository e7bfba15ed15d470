import type { Block, Element } from "../api/blocks";
import type { ElementValue, Values } from "../api/types";
import { blockIdOf } from "../blocks/blockId";

/** An element's value before anybody touched it, as `state.values` has it. */
export function initialValue(e: Element): ElementValue {
  return { type: e.type, ...initialFields(e) };
}

function initialFields(e: Element): Record<string, unknown> {
  switch (e.type) {
    case "static_select":
    case "external_select":
    case "radio_buttons":
      return { selected_option: e.initial_option ?? null };
    case "multi_static_select":
    case "multi_external_select":
    case "checkboxes":
      return { selected_options: e.initial_options ?? [] };
    case "users_select":
      return { selected_user: e.initial_user ?? null };
    case "multi_users_select":
      return { selected_users: e.initial_users ?? [] };
    case "channels_select":
      return { selected_channel: e.initial_channel ?? null };
    case "multi_channels_select":
      return { selected_channels: e.initial_channels ?? [] };
    case "conversations_select":
      return { selected_conversation: e.initial_conversation ?? null };
    case "multi_conversations_select":
      return { selected_conversations: e.initial_conversations ?? [] };
    case "datepicker":
      return { selected_date: e.initial_date ?? null };
    case "timepicker":
      return { selected_time: e.initial_time ?? null };
    case "datetimepicker":
      return { selected_date_time: e.initial_date_time ?? null };
    case "file_input":
      return { files: [] };
    default:
      return { value: e.initial_value ?? null };
  }
}

/** Elements with a value; buttons and overflow menus have none. */
const stateless = new Set(["button", "workflow_button", "overflow", "image", "icon_button", "feedback_buttons"]);

function elementsOf(block: Block): Element[] {
  if (block.type === "input") return block.element ? [block.element] : [];
  if (block.type === "section") return block.accessory ? [block.accessory] : [];
  return block.type === "actions" ? ((block.elements ?? []) as Element[]) : [];
}

/** What a submission carries: every stateful element, touched or not. */
export function collectValues(blocks: Block[], drafts: Values): Values {
  const values: Values = {};
  blocks.forEach((block, i) => {
    const id = blockIdOf(block, i);
    for (const element of elementsOf(block)) {
      if (!element.action_id || stateless.has(element.type)) continue;
      (values[id] ??= {})[element.action_id] = drafts[id]?.[element.action_id] ?? initialValue(element);
    }
  });
  return values;
}

/** Whether an input still has nothing in it. */
export function isEmpty(value: ElementValue): boolean {
  const { type: _, ...fields } = value;
  return Object.values(fields).every((v) => v === null || v === undefined || v === "" || (Array.isArray(v) && v.length === 0));
}

/** Slack's own check before a submission leaves the client: required inputs by block id. */
export function missingInputs(blocks: Block[], values: Values): Record<string, string> {
  const missing: Record<string, string> = {};
  blocks.forEach((block, i) => {
    if (block.type !== "input" || block.optional || !block.element?.action_id) return;
    const id = blockIdOf(block, i);
    const value = values[id]?.[block.element.action_id];
    if (value && isEmpty(value)) missing[id] = "Please complete this required field.";
  });
  return missing;
}
