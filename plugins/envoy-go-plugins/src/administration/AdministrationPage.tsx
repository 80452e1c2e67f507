import { useMemo } from 'react';
import type { ComponentType } from 'react';
import Skeleton from '@material-ui/lab/Skeleton';
import { Helmet } from 'react-helmet';
import { Navigate, Route, Routes, useParams } from 'react-router-dom';
import {
  Content,
  Header,
  HeaderTabs,
  Link,
  Page,
} from '@backstage/core-components';
import { BudgetContent } from './budget';
import { BuildsContent } from './builds';
import { DeliveriesRoutes } from './deliveries';
import { MembersContent } from './members';
import { NoPermission, useAdministrator } from './permission';
import { PluginsContent } from './plugins';
import { RecordContent } from './record';
import { ReviewsRoutes } from './reviews';
import { TeamsContent } from './teams';

const TITLE = 'Administration';

const TABS: { path: string; title: string; Tab: ComponentType }[] = [
  { path: 'reviews', title: 'Review queue', Tab: ReviewsRoutes },
  { path: 'plugins', title: 'Plugins', Tab: PluginsContent },
  { path: 'deliveries', title: 'Deliveries', Tab: DeliveriesRoutes },
  { path: 'builds', title: 'Builds and runners', Tab: BuildsContent },
  { path: 'members', title: 'Members', Tab: MembersContent },
  { path: 'teams', title: 'Teams', Tab: TeamsContent },
  { path: 'github-budget', title: 'GitHub budget', Tab: BudgetContent },
  { path: 'record', title: 'Record', Tab: RecordContent },
];

function Tabs() {
  const { '*': rest = '' } = useParams();
  const present = rest.split('/')[0];
  const index = TABS.findIndex(({ path }) => path === present);
  const tabs = useMemo(
    () =>
      TABS.map(({ path, title }) => ({
        id: path,
        label: title,
        tabProps: { component: Link, to: path },
      })),
    [],
  );
  if (index < 0) {
    return <Navigate to={TABS[0].path} replace />;
  }
  const { title } = TABS[index];
  return (
    <>
      <Helmet title={`${title} · ${TITLE}`} />
      <HeaderTabs tabs={tabs} selectedIndex={index} />
      <Content>
        <Routes>
          {TABS.map(({ path, Tab }) => (
            <Route key={path} path={`${path}/*`} element={<Tab />} />
          ))}
        </Routes>
      </Content>
    </>
  );
}

function AdministrationContent() {
  const { loading, allowed } = useAdministrator();
  if (allowed) {
    return (
      <Routes>
        <Route path="*" element={<Tabs />} />
      </Routes>
    );
  }
  return (
    <Content>
      {loading ? (
        <Skeleton variant="rect" height={120} aria-hidden />
      ) : (
        <NoPermission />
      )}
    </Content>
  );
}

/** The administrators' pages with a header of their own, for the legacy frontend system. */
export function AdministrationPage() {
  return (
    <Page themeId="tool">
      <Header title={TITLE} pageTitleOverride={TITLE} />
      <AdministrationContent />
    </Page>
  );
}

/** The administrators' pages below the header that the new frontend system gives every page. */
export function NfsAdministrationPage() {
  return (
    <main>
      <Helmet title={TITLE} />
      <AdministrationContent />
    </main>
  );
}
