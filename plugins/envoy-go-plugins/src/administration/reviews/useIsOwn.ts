import { useEffect, useState } from 'react';
import { identityApiRef, useApi } from '@backstage/core-plugin-api';

/** Whether the reader is whoever an entity ref names; `undefined` as long as that is not known. */
export function useIsOwn(entityRef: string | undefined): boolean | undefined {
  const identity = useApi(identityApiRef);
  const [own, setOwn] = useState<string>();

  useEffect(() => {
    let current = true;
    identity.getBackstageIdentity().then(
      ({ userEntityRef }) => {
        if (current) {
          setOwn(userEntityRef.toLocaleLowerCase('en-US'));
        }
      },
      () => {
        // Then nobody is told that it is theirs; the backend refuses all the same.
        if (current) {
          setOwn('');
        }
      },
    );
    return () => {
      current = false;
    };
  }, [identity]);

  return own === undefined || entityRef === undefined
    ? undefined
    : own === entityRef.toLocaleLowerCase('en-US');
}
