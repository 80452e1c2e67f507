export {
  AdministrationPage,
  NfsAdministrationPage,
} from './AdministrationPage';
