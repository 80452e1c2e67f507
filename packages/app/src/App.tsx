import { createApp } from '@backstage/frontend-defaults';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { authModule } from './auth';
import { iconsModule } from './icons';
import { importModule } from './import';
import { navModule } from './nav';
import { themeModule } from './theme';

export default createApp({
  features: [
    catalogPlugin,
    navModule,
    authModule,
    themeModule,
    iconsModule,
    importModule,
  ],
});
