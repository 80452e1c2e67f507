import { useCallback, useEffect, useState } from 'react';
import Button from '@material-ui/core/Button';
import Paper from '@material-ui/core/Paper';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import BackIcon from '@material-ui/icons/ArrowBack';
import Skeleton from '@material-ui/lab/Skeleton';
import { Helmet } from 'react-helmet';
import { useNavigate } from 'react-router-dom';
import { LinkButton } from '@backstage/core-components';
import { useApi } from '@backstage/core-plugin-api';
import type { InOwnName } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { envoyGoPluginsPublishingApiRef } from '../../api';
import {
  readText,
  useAddressState,
  writeParameters,
} from '../../administration/lists';
import type { AddressState } from '../../administration/lists';
import { useAuthorToken } from '../own-name';
import { ActionRefusal, RequestSection, useAction } from '../request';
import { CandidateList } from './CandidateList';
import { PasteAddress } from './PasteAddress';

const useStyles = makeStyles(theme => ({
  root: {
    display: 'grid',
    gap: theme.spacing(2),
    maxWidth: 860,
    minWidth: 0,
  },
  ask: {
    display: 'grid',
    gap: theme.spacing(1.5),
    justifyItems: 'start',
    padding: theme.spacing(2),
  },
}));

const searchAddress: AddressState<{ text: string }> = {
  parse: params => ({ text: readText(params, 'q') }),
  format: ({ text }) => writeParameters({ q: text }),
};

/** What is known of the reader's token: nothing yet, that there is none, or the token. */
type Token = { known: false } | { known: true; ownName?: InOwnName };

/** Where an author chooses the repository that is to be published; the checks begin with the choice. */
export function NewRequestContent() {
  const classes = useStyles();
  const api = useApi(envoyGoPluginsPublishingApiRef);
  const navigate = useNavigate();
  const { host, ask, ifGiven } = useAuthorToken();
  const [{ text }, change] = useAddressState(searchAddress);
  const [token, setToken] = useState<Token>({ known: false });
  const { busy, error, run } = useAction();

  useEffect(() => {
    let current = true;
    ifGiven().then(ownName => {
      if (current) {
        setToken({ known: true, ownName });
      }
    });
    return () => {
      current = false;
    };
  }, [ifGiven]);

  const choose = (repositoryUrl: string) =>
    run(repositoryUrl, async () => {
      const ownName = await ask(repositoryUrl);
      const { id } = await api.createPublishRequest({
        repositoryUrl,
        ...ownName,
      });
      navigate(`../${encodeURIComponent(id)}`);
    });
  const show = () =>
    run('show', async () => {
      setToken({ known: true, ownName: await ask() });
    });
  const onSearch = useCallback(
    (wanted: string, options: { replace: boolean }) =>
      change(() => ({ text: wanted }), options),
    [change],
  );

  return (
    <div className={classes.root}>
      <Helmet title="New request · Publish a plugin" />
      <div>
        <LinkButton to=".." size="small" startIcon={<BackIcon />}>
          My requests
        </LinkButton>
      </div>
      <Typography variant="h5" component="h2">
        Which repository?
      </Typography>
      <Typography>
        Choose the repository of your filter. It is only read now: nothing about
        it is changed until you have handed it over and an administrator has
        approved.
      </Typography>
      <ActionRefusal error={error} />
      <RequestSection title="By its address">
        <PasteAddress
          host={host}
          busy={Boolean(busy) && busy !== 'show'}
          disabled={Boolean(busy)}
          onChoose={choose}
        />
      </RequestSection>
      <RequestSection title="Among yours">
        {!token.known && <Skeleton variant="rect" height={160} aria-hidden />}
        {token.known && !token.ownName && (
          <Paper variant="outlined" className={classes.ask}>
            <Typography>
              Your repositories are listed with your own account on {host},
              which asks you for it first. The portal uses that for this alone
              and does not keep it.
            </Typography>
            <Button
              variant="contained"
              color="primary"
              disabled={Boolean(busy)}
              onClick={show}
            >
              {busy === 'show' ? 'Asking GitHub …' : 'Show my repositories'}
            </Button>
          </Paper>
        )}
        {token.known && token.ownName && (
          <CandidateList
            ownName={token.ownName}
            text={text}
            onSearch={onSearch}
            choosing={busy}
            disabled={Boolean(busy)}
            onChoose={choose}
          />
        )}
      </RequestSection>
    </div>
  );
}
