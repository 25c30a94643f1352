import type { TargetedSubmitEvent } from "preact";

/**
 * A form's handler: gives the fields as trimmed texts, and empties the form. The page's policy
 * forbids forms to go anywhere, so nothing is ever submitted.
 */
export const useForm =
  (
    onFields: (fields: Readonly<Record<string, string | undefined>>) => void,
    after: "empty" | "keep" = "empty",
  ) =>
  (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = [...new FormData(form)].map(([name, value]) => [name, `${value}`.trim()]);
    onFields(Object.fromEntries(fields));
    if (after === "empty") form.reset();
  };
