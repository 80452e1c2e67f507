import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import DownloadIcon from '@material-ui/icons/GetApp';
import { readableErrorColor } from '../accessibility';
import { describeRefusal } from '../administration/answers/describeRefusal';
import { useAction } from '../publishing/request/useAction';
import { saveFile } from './saveFile';

const useStyles = makeStyles(theme => ({
  refusal: { color: readableErrorColor(theme) },
}));

/** Saves a file that is asked for when it is pressed; says why where that could not be had. */
export function DownloadButton(props: {
  /** Name of the file. */
  name: string;
  mediaType?: string;
  /** The text of the file. */
  load: () => Promise<string>;
  /** What it is, for screen readers, such as "the log". */
  what: string;
  children: string;
  disabled?: boolean;
}) {
  const { name, mediaType, load, what, children, disabled } = props;
  const classes = useStyles();
  const { busy, error, run } = useAction();
  return (
    <>
      <Button
        size="small"
        variant="outlined"
        color="primary"
        startIcon={<DownloadIcon />}
        disabled={disabled || Boolean(busy)}
        aria-label={`Download ${what}`}
        onClick={() =>
          run('download', async () =>
            saveFile({ name, mediaType, text: await load() }),
          )
        }
      >
        {busy ? `${children} …` : children}
      </Button>
      {error && (
        <Typography variant="body2" role="alert" className={classes.refusal}>
          {describeRefusal(error)}
        </Typography>
      )}
    </>
  );
}
