import { Helmet } from 'react-helmet';
import { Navigate, Route, Routes } from 'react-router-dom';
import { Content, Header, Page } from '@backstage/core-components';
import { useRouteRef } from '@backstage/core-plugin-api';
import { administrationRouteRef } from '../routes';
import { BuildContent } from './build';

const TITLE = 'Build';

/** All builds together are administrators' business, and they have a list of them. */
function ToAllBuilds() {
  const administration = useRouteRef(administrationRouteRef)();
  return <Navigate to={`${administration}/builds`} replace />;
}

function BuildsRoutes() {
  return (
    <Content>
      <Routes>
        <Route index element={<ToAllBuilds />} />
        <Route path=":buildId" element={<BuildContent />} />
      </Routes>
    </Content>
  );
}

/** The page of a build with a header of its own, for the legacy frontend system. */
export function BuildsPage() {
  return (
    <Page themeId="tool">
      <Header title={TITLE} pageTitleOverride={TITLE} />
      <BuildsRoutes />
    </Page>
  );
}

/** The page of a build below the header that the new frontend system gives every page. */
export function NfsBuildsPage() {
  return (
    <main>
      <Helmet title={TITLE} />
      <BuildsRoutes />
    </main>
  );
}
