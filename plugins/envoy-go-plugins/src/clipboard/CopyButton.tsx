import { useEffect, useState } from 'react';
import Button from '@material-ui/core/Button';
import IconButton from '@material-ui/core/IconButton';
import Tooltip from '@material-ui/core/Tooltip';
import CopiedIcon from '@material-ui/icons/Check';
import CopyIcon from '@material-ui/icons/FileCopyOutlined';
import useCopyToClipboard from 'react-use/esm/useCopyToClipboard';
import { errorApiRef, useApi } from '@backstage/core-plugin-api';

/** How long the button says that it has copied, in milliseconds. */
const COPIED_FOR_MS = 2000;

/** Copies a text with one click and says so, to the eye and to screen readers. */
export function CopyButton(props: {
  text: string;
  /** What is copied, such as "commit 1a2b3c4"; part of the button's name. */
  what: string;
  /** Written out on the button; without it the button is a small icon. */
  children?: string;
}) {
  const { text, what, children } = props;
  const errorApi = useApi(errorApiRef);
  const [{ error }, copy] = useCopyToClipboard();
  const [copiedAt, setCopiedAt] = useState<number>();
  const copied = copiedAt !== undefined && !error;

  useEffect(() => {
    if (error) {
      errorApi.post(error);
    }
  }, [error, errorApi]);

  useEffect(() => {
    if (copiedAt === undefined) {
      return undefined;
    }
    const timer = setTimeout(() => setCopiedAt(undefined), COPIED_FOR_MS);
    return () => clearTimeout(timer);
  }, [copiedAt]);

  const onClick = () => {
    copy(text);
    setCopiedAt(Date.now());
  };
  const Icon = copied ? CopiedIcon : CopyIcon;
  const name = copied ? `Copied ${what}` : `Copy ${what}`;

  return (
    <>
      {children ? (
        <Button
          size="small"
          variant="outlined"
          color="primary"
          startIcon={<Icon />}
          onClick={onClick}
          aria-label={name}
        >
          {copied ? 'Copied' : children}
        </Button>
      ) : (
        <Tooltip title={name}>
          <IconButton size="small" onClick={onClick} aria-label={name}>
            <Icon fontSize="inherit" />
          </IconButton>
        </Tooltip>
      )}
    </>
  );
}
