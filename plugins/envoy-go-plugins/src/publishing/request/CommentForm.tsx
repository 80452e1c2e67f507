import { useId, useState } from 'react';
import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import { Link } from '@backstage/core-components';
import type { PublishRequest } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { ChangeRequest } from '../answers';
import { ActionRefusal } from './ActionRefusal';
import { useAction } from './useAction';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'grid',
    gap: theme.spacing(1),
    marginTop: theme.spacing(2),
    justifyItems: 'start',
  },
  label: { color: theme.palette.textSubtle },
}));

/** Says something to whoever follows a request. What was typed stays where it could not be sent. */
export function CommentForm(props: {
  request: PublishRequest;
  change: ChangeRequest;
}) {
  const { request, change } = props;
  const classes = useStyles();
  const fieldId = useId();
  const [text, setText] = useState('');
  const { busy, error, run } = useAction();

  const send = async () => {
    const sent = await run('comment', () =>
      change(api => api.commentOnPublishRequest({ id: request.id, text })),
    );
    if (sent) {
      setText('');
    }
  };

  return (
    <form
      className={classes.root}
      onSubmit={event => {
        event.preventDefault();
        if (text.trim() && !busy) {
          send();
        }
      }}
    >
      <TextField
        id={fieldId}
        fullWidth
        multiline
        minRows={2}
        maxRows={12}
        variant="outlined"
        size="small"
        label="Comment"
        value={text}
        onChange={event => setText(event.target.value)}
        InputLabelProps={{ className: classes.label }}
        FormHelperTextProps={{ className: classes.label }}
        helperText={
          <>
            Markdown.{' '}
            {request.discussionUrl ? (
              <>
                Appears in{' '}
                <Link to={request.discussionUrl} underline="always">
                  the issue on GitHub
                </Link>
                , too.
              </>
            ) : (
              'Seen by the author and the administrators.'
            )}
          </>
        }
      />
      <ActionRefusal error={error} />
      <Button
        type="submit"
        variant="outlined"
        color="primary"
        disabled={Boolean(busy) || !text.trim()}
      >
        {busy ? 'Sending …' : 'Comment'}
      </Button>
    </form>
  );
}
