import Skeleton from '@material-ui/lab/Skeleton';
import { Helmet } from 'react-helmet';
import { Route, Routes } from 'react-router-dom';
import { Content, Header, Page } from '@backstage/core-components';
import { NewRequestContent } from './new-request';
import { NoPublishPermission, usePublisher } from './permission';
import { PublishRequestPage } from './request';
import { MyRequestsContent } from './requests';

const TITLE = 'Publish a plugin';

function PublishingContent() {
  const { loading, allowed } = usePublisher();
  if (allowed) {
    return (
      <Content>
        <Routes>
          <Route index element={<MyRequestsContent />} />
          <Route path="new" element={<NewRequestContent />} />
          <Route path=":requestId" element={<PublishRequestPage />} />
        </Routes>
      </Content>
    );
  }
  return (
    <Content>
      {loading ? (
        <Skeleton variant="rect" height={120} aria-hidden />
      ) : (
        <NoPublishPermission />
      )}
    </Content>
  );
}

/** Where authors publish plugins, with a header of its own, for the legacy frontend system. */
export function PublishingPage() {
  return (
    <Page themeId="tool">
      <Header title={TITLE} pageTitleOverride={TITLE} />
      <PublishingContent />
    </Page>
  );
}

/** Where authors publish plugins, below the header that the new frontend system gives every page. */
export function NfsPublishingPage() {
  return (
    <main>
      <Helmet title={TITLE} />
      <PublishingContent />
    </main>
  );
}
