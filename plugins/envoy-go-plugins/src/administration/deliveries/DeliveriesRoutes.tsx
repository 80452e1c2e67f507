import { Route, Routes } from 'react-router-dom';
import { DeliveriesContent } from './DeliveriesContent';
import { DeliveryPage } from './DeliveryPage';

/** The list of deliveries, and below it the page of each. */
export function DeliveriesRoutes() {
  return (
    <Routes>
      <Route index element={<DeliveriesContent />} />
      <Route path=":deliveryId" element={<DeliveryPage />} />
    </Routes>
  );
}
