import { useState } from 'react';
import { toError } from '@backstage/errors';
import { reasonOf } from '../../feedback';

/** The backend names the field that it refuses: `Field "owner" of the body: the catalog has no …`. */
const FIELD = /^Field "(\w+)" of the body:? (.*)$/s;

/** What the backend refused of what was typed, to be said beside the field. */
export function useFieldRefusals() {
  const [refused, setRefused] = useState<{ field: string; why: string }>();

  /** Does something; a dialog stays open where a field was refused. Throws any other refusal. */
  const attempt = async (act: () => Promise<void>): Promise<'stay' | void> => {
    setRefused(undefined);
    try {
      return await act();
    } catch (thrown) {
      const [, field, why] = FIELD.exec(reasonOf(toError(thrown))) ?? [];
      if (field === undefined) {
        throw thrown;
      }
      setRefused({
        field,
        why: why.charAt(0).toLocaleUpperCase('en-US') + why.slice(1),
      });
      return 'stay';
    }
  };

  return {
    attempt,
    refusalOf: (field: string) =>
      refused?.field === field ? refused.why : undefined,
    /** What was refused is changed. */
    forget: () => setRefused(undefined),
  };
}
