/** The first set-up of a box in Italian. */
import type { SetUpTexts } from './en.ts';

export const it: SetUpTexts = {
  stepOf: 'Passo {number} di {count}',
  next: 'Avanti',
  skip: 'Salta',
  back: 'Indietro',
  later: 'Finire più tardi',
  inFile: 'È impostato nel file di configurazione del box.',
  languageTitle: 'Lingua',
  languageHint: 'Per questa pagina. Gli ospiti vedono la loro pagina nella propria lingua.',
  nameTitle: 'Nome del box',
  nameHint: 'Per ritrovarlo: per esempio il nome del locale.',
  nameAs: 'In rete si chiama {name}.',
  pinHint: 'Chi lo conosce può usare il box.',
  pinLabel: 'Nuovo PIN',
  pinShort: 'Il PIN deve avere da 4 a 64 cifre o lettere, senza spazi.',
  networkTitle: 'Rete',
  networkHint: 'Gli ospiti guardano nella rete scelta qui.',
  searching: 'Ricerca delle reti…',
  noNetworks: 'Nessuna rete Wi-Fi è raggiungibile.',
  searchAgain: 'Cerca di nuovo',
  cable: 'Un cavo',
  cableIn: 'Un cavo: è collegato',
  cableWaits: 'Un cavo: è collegato, ma non ha ancora un indirizzo',
  otherWifi: 'Un altro nome…',
  wifiName: 'Nome del Wi-Fi',
  password: 'Password del Wi-Fi',
  needsLogin: 'richiede un accesso che il box non può dare',
  noPassword: 'senza password',
  openWifi:
    'Se i clienti di questo Wi-Fi devono prima accettare qualcosa su una pagina, il box non può farlo: niente esce verso internet, e forse nessun cliente raggiunge il box. Meglio uno con password, o un cavo.',
  notJoined:
    'Il box non è riuscito a entrare in {name}. Controllare la password o scegliere un’altra rete.',
  notThePassword:
    'Il box non è riuscito a entrare in {name}: molto probabilmente la password è sbagliata. Inserirla di nuovo.',
  notInReach:
    'Il box non è riuscito a entrare in {name}: è fuori portata. Avvicinare il box al router o scegliere un’altra rete.',
  noAddress:
    '{name} lascia entrare il box, ma non gli dà un indirizzo. Riavviare il router, scegliere un’altra rete o usare un cavo.',
  passwordShort: 'Una password Wi-Fi ha da 8 a 63 caratteri.',
  chooseOne: 'Sceglierne una o saltare.',
  cameraTitle: 'Telecamera',
  cameraHint: 'Scegliere la telecamera. L’immagine mostra ciò che vedranno gli ospiti.',
  noCamera: 'Nessuna telecamera trovata. Collegarne una e cercare di nuovo.',
  testPicture: 'Un’immagine di prova',
  soundHint:
    'Scegliere da dove viene l’audio. Far suonare qualcosa: gli indicatori devono muoversi.',
  noSoundCard: 'Nessuna scheda audio trovata. Collegarne una e cercare di nuovo.',
  testTone: 'Un tono di prova',
  restarting: 'Il box si riavvia per usarlo, ci vogliono alcuni secondi…',
  destinationTitle: 'Inviarlo anche altrove',
  destinationHint: 'Gli ospiti in sala possono guardare anche senza.',
  onlyHere: 'Solo in questa sala',
  toService: 'A YouTube, Twitch o un altro servizio (RTMP)',
  toReceiver: 'A un ricevitore (SRT)',
  streamKey: 'Chiave dello stream',
  addressLike:
    'L’indirizzo inizia con rtmp:// o rtmps://. Copiarlo dal servizio, senza la chiave dello stream.',
  keyMissing: 'Inserire la chiave dello stream che il servizio mostra.',
  receiverMissing: 'Inserire l’indirizzo del ricevitore e la sua porta: un numero fino a 65535.',
  titleTitle: 'Titolo del primo drop',
  titleHint: 'Gli ospiti lo vedono sul telefono.',
  nearlyTitle: 'Quasi fatto',
  noteFirst:
    'Ora il box lascia il proprio Wi-Fi, e questa pagina può chiudersi da sola. Fare prima uno screenshot.',
  doneTitle: 'Tutto pronto',
  joinFirst: 'Collegare questo telefono a {name}, poi aprire:',
  joinAfter: 'Dopo, collegare questo telefono a {name} e aprire questo indirizzo.',
  openThis: 'D’ora in poi, aprire:',
  madePin: 'Il box ha creato questo PIN: {pin}. Annotarlo.',
  failsBack:
    'Se il box non entra in {name} entro un minuto, torna alla rete di prima, o torna il suo Wi-Fi, e si può scegliere di nuovo.',
  keepsApart:
    'Se la pagina lì non si apre, quel Wi-Fi non lascia comunicare i dispositivi tra loro, e nemmeno i clienti potrebbero guardare. Usare un cavo, o spegnere quel Wi-Fi per cinque minuti: torna quello del box, e se ne può scegliere un altro.',
  wifiTitle: 'Wi-Fi del locale',
  wifiHint:
    'Il box lascia la sua rete per quella scelta qui, e questa pagina lo segue. Gli ospiti guardano lì.',
  join: 'Connetti il box',
  begunElsewhere:
    'La configurazione è iniziata su un altro telefono. Inserire il PIN scelto lì e continuare qui.',
  notSetUp:
    'Questo box non è ancora configurato. Collegare questo telefono al Wi-Fi del box, o il box al router con un cavo, e riaprire questa pagina.',
};
