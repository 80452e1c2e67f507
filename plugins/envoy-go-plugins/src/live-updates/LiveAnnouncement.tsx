import { useEffect, useRef, useState } from 'react';
import { VisuallyHidden } from '../accessibility';

/**
 * Tells screen readers, when they have said what they are saying, that something on the page changed by itself.
 */
export function LiveAnnouncement(props: {
  /** What the reader sees, as text; `undefined` as long as there is nothing yet. */
  of: string | undefined;
  /** What to say when it changes. */
  children: string;
}) {
  const { of, children } = props;
  const seen = useRef(of);
  const [changes, setChanges] = useState(0);

  useEffect(() => {
    if (of === undefined || of === seen.current) {
      return;
    }
    if (seen.current !== undefined) {
      setChanges(count => count + 1);
    }
    seen.current = of;
  }, [of]);

  return (
    <div role="status">
      {changes > 0 && (
        <VisuallyHidden>
          {children}
          {/* The same words twice would be no change, and go unsaid. */}
          {changes % 2 === 0 && '\u00a0'}
        </VisuallyHidden>
      )}
    </div>
  );
}
