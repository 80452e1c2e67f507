import { useEffect, useId, useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import TextField from '@material-ui/core/TextField';
import Typography from '@material-ui/core/Typography';
import Autocomplete from '@material-ui/lab/Autocomplete';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type { Entity } from '@backstage/catalog-model';
import { useApi } from '@backstage/core-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';

/** How many are offered at once. */
const MOST_OFFERED = 20;
/** How long the typing must pause before the catalog is asked, in milliseconds. */
const TYPING_PAUSE_MS = 200;

const useStyles = makeStyles(theme => ({
  label: { color: theme.palette.textSubtle },
  subtle: { color: theme.palette.textSubtle, overflowWrap: 'anywhere' },
}));

interface Offered {
  entityRef: string;
  title: string;
}

function titleOf(entity: Entity): string {
  const profile = entity.spec?.profile;
  const shown =
    typeof profile === 'object' && profile !== null && 'displayName' in profile
      ? profile.displayName
      : undefined;
  return typeof shown === 'string' && shown
    ? shown
    : entity.metadata.title ?? entity.metadata.name;
}

/** Chooses one of the catalog's entities by typing a part of its name; an entity ref may be typed as a whole, too. */
export function EntityField(props: {
  label: string;
  kinds: string[];
  value: string;
  onChange: (entityRef: string) => void;
  /** The one that cannot be chosen. */
  except?: string;
  required?: boolean;
  helperText: string;
  /** Why what is chosen was refused. */
  error?: string;
}) {
  const { label, kinds, value, onChange, except, required, error } = props;
  const classes = useStyles();
  const id = useId();
  const catalog = useApi(catalogApiRef);
  const [text, setText] = useState('');
  const [offered, setOffered] = useState<Offered[]>();
  const kindsText = kinds.join(' ');

  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      catalog
        .queryEntities({
          filter: { kind: kindsText.split(' ') },
          fields: ['kind', 'metadata', 'spec.profile.displayName'],
          ...(text && {
            fullTextFilter: {
              term: text,
              fields: [
                'metadata.name',
                'metadata.title',
                'spec.profile.displayName',
              ],
            },
          }),
          orderFields: { field: 'metadata.name', order: 'asc' },
          limit: MOST_OFFERED,
        })
        .then(
          ({ items }) => {
            if (current) {
              setOffered(
                items.map(entity => ({
                  entityRef: stringifyEntityRef(entity),
                  title: titleOf(entity),
                })),
              );
            }
          },
          // What can be typed as a whole needs no offers.
          () => current && setOffered([]),
        );
    }, TYPING_PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [catalog, kindsText, text]);

  return (
    <Autocomplete
      id={id}
      freeSolo
      options={(offered ?? []).filter(({ entityRef }) => entityRef !== except)}
      loading={!offered}
      // The catalog has looked already
      filterOptions={options => options}
      getOptionLabel={option =>
        typeof option === 'string' ? option : option.entityRef
      }
      inputValue={value}
      onInputChange={(_event, typed, reason) => {
        onChange(typed);
        if (reason !== 'reset') {
          setText(typed.trim());
        }
      }}
      renderOption={({ title, entityRef }) => (
        <div>
          <Typography>{title}</Typography>
          <Typography variant="body2" className={classes.subtle}>
            {entityRef}
          </Typography>
        </div>
      )}
      renderInput={params => (
        <TextField
          {...params}
          label={label}
          required={required}
          variant="outlined"
          size="small"
          error={Boolean(error)}
          helperText={error ?? props.helperText}
          InputLabelProps={{
            ...params.InputLabelProps,
            className: error ? undefined : classes.label,
          }}
          FormHelperTextProps={{
            className: error ? undefined : classes.label,
            role: error ? 'alert' : undefined,
          }}
        />
      )}
    />
  );
}
