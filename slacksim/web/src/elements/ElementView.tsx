import { Picture } from "../ui/Picture";
import { ButtonElement } from "./ButtonElement";
import { CheckboxesElement } from "./CheckboxesElement";
import { DateTimeElement } from "./DateTimeElement";
import { FeedbackElement } from "./FeedbackElement";
import { OverflowElement } from "./OverflowElement";
import { RadioElement } from "./RadioElement";
import { SelectElement } from "./SelectElement";
import { selectKind } from "./selectKind";
import { TextInputElement } from "./TextInputElement";
import type { ElementProps } from "./useElement";

export function ElementView(props: ElementProps) {
  const { element } = props;
  if (selectKind(element.type)) return <SelectElement {...props} />;
  switch (element.type) {
    case "button":
    case "workflow_button":
    case "icon_button":
      return <ButtonElement {...props} />;
    case "overflow":
      return <OverflowElement {...props} />;
    case "checkboxes":
      return <CheckboxesElement {...props} />;
    case "radio_buttons":
      return <RadioElement {...props} />;
    case "datepicker":
    case "timepicker":
    case "datetimepicker":
      return <DateTimeElement {...props} />;
    case "plain_text_input":
    case "number_input":
    case "email_text_input":
    case "url_text_input":
    case "rich_text_input":
      return <TextInputElement {...props} />;
    case "feedback_buttons":
      return <FeedbackElement {...props} />;
    case "image":
      return <Picture class="accessory-image" url={element.image_url} alt={element.alt_text} />;
    default:
      return <span class="fallback-type">{element.type}</span>;
  }
}
