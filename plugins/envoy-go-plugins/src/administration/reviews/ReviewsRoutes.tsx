import { Route, Routes } from 'react-router-dom';
import { ReviewPage } from './ReviewPage';
import { ReviewsContent } from './ReviewsContent';

/** The review queue, and below it the page of each request. */
export function ReviewsRoutes() {
  return (
    <Routes>
      <Route index element={<ReviewsContent />} />
      <Route path=":requestId" element={<ReviewPage />} />
    </Routes>
  );
}
