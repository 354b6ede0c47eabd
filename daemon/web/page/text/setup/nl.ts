/** The first set-up of a box in Dutch. */
import type { SetUpTexts } from './en.ts';

export const nl: SetUpTexts = {
  stepOf: 'Stap {number} van {count}',
  next: 'Volgende',
  skip: 'Overslaan',
  back: 'Terug',
  later: 'Later afmaken',
  inFile: 'Dit staat in het configuratiebestand van de box.',
  languageTitle: 'Taal',
  languageHint: 'Voor deze pagina. Gasten zien hun pagina in hun eigen taal.',
  nameTitle: 'Naam van de box',
  nameHint: 'Zodat je hem vindt: bijvoorbeeld de naam van de zaak.',
  nameAs: 'In het netwerk heet hij {name}.',
  pinHint: 'Wie deze kent, kan de box bedienen.',
  pinLabel: 'Nieuwe pincode',
  pinShort: 'De pincode moet 4 tot 64 cijfers of letters hebben, zonder spaties.',
  networkTitle: 'Netwerk',
  networkHint: 'Gasten kijken in het netwerk dat je hier kiest.',
  searching: 'Netwerken zoeken…',
  noNetworks: 'Er is geen wifinetwerk binnen bereik.',
  searchAgain: 'Opnieuw zoeken',
  cable: 'Een kabel',
  cableIn: 'Een kabel: die zit erin',
  cableWaits: 'Een kabel: die zit erin, maar heeft nog geen adres',
  otherWifi: 'Een andere naam…',
  wifiName: 'Naam van de wifi',
  password: 'Wachtwoord van de wifi',
  needsLogin: 'vraagt een aanmelding die de box niet kan geven',
  noPassword: 'zonder wachtwoord',
  openWifi:
    'Moeten gasten van deze wifi eerst op een pagina akkoord gaan, dan kan de box dat niet: er gaat niets naar internet, en misschien bereikt geen gast de box. Neem liever een wifi met wachtwoord, of een kabel.',
  notJoined:
    'De box kon niet in {name} komen. Controleer het wachtwoord of kies een ander netwerk.',
  notThePassword:
    'De box kon niet in {name} komen: waarschijnlijk klopt het wachtwoord niet. Voer het opnieuw in.',
  notInReach:
    'De box kon niet in {name} komen: het is buiten bereik. Zet de box dichter bij de router of kies een ander netwerk.',
  noAddress:
    '{name} laat de box binnen, maar geeft geen adres. Start de router opnieuw, kies een ander netwerk of neem een kabel.',
  passwordShort: 'Een wifiwachtwoord heeft 8 tot 63 tekens.',
  chooseOne: 'Kies er een of sla over.',
  cameraTitle: 'Camera',
  cameraHint: 'Kies de camera. Het beeld laat zien wat gasten gaan zien.',
  noCamera: 'Geen camera gevonden. Sluit er een aan en zoek opnieuw.',
  testPicture: 'Een testbeeld',
  soundHint: 'Kies waar het geluid vandaan komt. Speel iets af: de meters moeten bewegen.',
  noSoundCard: 'Geen geluidskaart gevonden. Sluit er een aan en zoek opnieuw.',
  testTone: 'Een testtoon',
  restarting: 'De box start hiervoor opnieuw, dat duurt enkele seconden…',
  destinationTitle: 'Ook ergens anders heen sturen',
  destinationHint: 'Gasten in de zaal kunnen ook zonder kijken.',
  onlyHere: 'Alleen naar deze zaal',
  toService: 'Naar YouTube, Twitch of een andere dienst (RTMP)',
  toReceiver: 'Naar een ontvanger (SRT)',
  streamKey: 'Streamsleutel',
  addressLike:
    'Het adres begint met rtmp:// of rtmps://. Kopieer het van de dienst, zonder de streamsleutel.',
  keyMissing: 'Voer de streamsleutel in die de dienst toont.',
  receiverMissing: 'Voer het adres van de ontvanger in, en de poort: een getal tot 65535.',
  titleTitle: 'Titel van de eerste drop',
  titleHint: 'Gasten zien die op hun telefoon.',
  nearlyTitle: 'Bijna klaar',
  noteFirst:
    'De box verlaat nu zijn eigen wifi, en deze pagina sluit misschien vanzelf. Maak er eerst een schermafbeelding van.',
  doneTitle: 'Klaar',
  joinFirst: 'Verbind deze telefoon met {name} en open dan:',
  joinAfter: 'Verbind daarna deze telefoon met {name} en open dit adres.',
  openThis: 'Open vanaf nu:',
  madePin: 'De box heeft deze pincode gekozen: {pin}. Schrijf hem op.',
  failsBack:
    'Als de box niet binnen een minuut in {name} komt, is hij terug in het netwerk van daarvoor, of is zijn eigen wifi er weer, en kun je opnieuw kiezen.',
  keepsApart:
    'Gaat de pagina daar niet open, dan laat die wifi apparaten elkaar niet bereiken, en kunnen gasten er ook niet kijken. Neem een kabel, of zet die wifi vijf minuten uit: de eigen wifi van de box komt terug, en je kunt een andere kiezen.',
  wifiTitle: 'Wifi van de locatie',
  wifiHint:
    'De box verlaat zijn netwerk voor het netwerk dat je hier kiest, en deze pagina gaat mee. Gasten kijken daar.',
  join: 'Box verbinden',
  begunElsewhere:
    'Het instellen is op een andere telefoon begonnen. Voer de pincode in die daar is gekozen, en ga hier verder.',
  notSetUp:
    'Deze box is nog niet ingesteld. Verbind deze telefoon met de eigen wifi van de box, of de box met een kabel met je router, en open deze pagina opnieuw.',
};
