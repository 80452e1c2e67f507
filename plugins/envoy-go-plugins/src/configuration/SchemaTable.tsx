import { useMemo } from 'react';
import Chip from '@material-ui/core/Chip';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Table from '@material-ui/core/Table';
import TableBody from '@material-ui/core/TableBody';
import TableCell from '@material-ui/core/TableCell';
import TableContainer from '@material-ui/core/TableContainer';
import TableHead from '@material-ui/core/TableHead';
import TableRow from '@material-ui/core/TableRow';
import Typography from '@material-ui/core/Typography';
import type { JsonObject } from '@backstage/types';
import { describeSchema } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';

const useStyles = makeStyles(theme => ({
  field: { verticalAlign: 'top', whiteSpace: 'nowrap' },
  cell: { verticalAlign: 'top', wordBreak: 'normal' },
  words: { verticalAlign: 'top', minWidth: 260 },
  chip: { margin: theme.spacing(0, 0, 0, 1) },
  subtle: { color: theme.palette.textSubtle },
}));

/** The fields of a configuration, to be read. */
export function SchemaTable(props: { schema: JsonObject }) {
  const { schema } = props;
  const classes = useStyles();
  const fields = useMemo(() => describeSchema(schema), [schema]);

  return (
    // What scrolls on a narrow screen has to be reachable with the keyboard.
    <TableContainer
      component={Paper}
      variant="outlined"
      role="region"
      aria-label="Fields"
      tabIndex={0}
    >
      <Table size="small" aria-label="Fields of the configuration">
        <TableHead>
          <TableRow>
            <TableCell>Field</TableCell>
            <TableCell>Type</TableCell>
            <TableCell>Default</TableCell>
            <TableCell>What it does</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {fields.map((field, index) => (
            <TableRow key={`${field.path} ${field.alternative} ${index}`}>
              <TableCell component="th" scope="row" className={classes.field}>
                <code>{field.path || '(the whole)'}</code>
                {field.required && field.path && (
                  <Chip
                    className={classes.chip}
                    size="small"
                    label="required"
                  />
                )}
                {field.deprecated && (
                  <Chip
                    className={classes.chip}
                    size="small"
                    variant="outlined"
                    label="deprecated"
                  />
                )}
                {field.alternative && (
                  <Typography variant="body2" className={classes.subtle}>
                    {field.alternative}
                  </Typography>
                )}
              </TableCell>
              <TableCell className={classes.cell}>{field.type}</TableCell>
              <TableCell className={classes.cell}>
                {field.default !== undefined && (
                  <code>{JSON.stringify(field.default)}</code>
                )}
              </TableCell>
              <TableCell className={classes.words}>
                {field.description ?? field.title}
                {field.enum && (
                  <Typography variant="body2" className={classes.subtle}>
                    one of{' '}
                    {field.enum.map(value => JSON.stringify(value)).join(', ')}
                  </Typography>
                )}
                {field.constraints.length > 0 && (
                  <Typography variant="body2" className={classes.subtle}>
                    {field.constraints.join(', ')}
                  </Typography>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
