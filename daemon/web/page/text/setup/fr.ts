/** The first set-up of a box in French. */
import type { SetUpTexts } from './en.ts';

export const fr: SetUpTexts = {
  stepOf: 'Étape {number} sur {count}',
  next: 'Suivant',
  skip: 'Passer',
  back: 'Retour',
  later: 'Terminer plus tard',
  inFile: 'C’est fixé dans le fichier de configuration du boîtier.',
  languageTitle: 'Langue',
  languageHint: 'Pour cette page. Les invités voient leur page dans leur propre langue.',
  nameTitle: 'Nom du boîtier',
  nameHint: 'Pour le retrouver : le nom du lieu, par exemple.',
  nameAs: 'Sur le réseau, il s’appelle {name}.',
  pinHint: 'Qui le connaît peut commander le boîtier.',
  pinLabel: 'Nouveau code PIN',
  pinShort: 'Le code PIN doit avoir de 4 à 64 chiffres ou lettres, sans espaces.',
  networkTitle: 'Réseau',
  networkHint: 'Les invités regardent sur le réseau choisi ici.',
  searching: 'Recherche des réseaux…',
  noNetworks: 'Aucun réseau Wi-Fi à portée.',
  searchAgain: 'Chercher encore',
  cable: 'Un câble',
  cableIn: 'Un câble : il est branché',
  cableWaits: 'Un câble : il est branché, mais n’a pas encore d’adresse',
  otherWifi: 'Un autre nom…',
  wifiName: 'Nom du Wi-Fi',
  password: 'Mot de passe du Wi-Fi',
  needsLogin: 'demande une identification que le boîtier ne peut pas donner',
  noPassword: 'sans mot de passe',
  openWifi:
    'Si les clients de ce Wi-Fi doivent d’abord accepter quelque chose sur une page, le boîtier ne peut pas le faire : rien ne sort vers Internet, et peut-être qu’aucun client n’atteint le boîtier. Prenez plutôt un Wi-Fi avec mot de passe ou un câble.',
  notJoined:
    'Le boîtier n’a pas pu rejoindre {name}. Vérifiez le mot de passe ou choisissez un autre réseau.',
  notThePassword:
    'Le boîtier n’a pas pu rejoindre {name} : le mot de passe est sans doute faux. Saisissez-le à nouveau.',
  notInReach:
    'Le boîtier n’a pas pu rejoindre {name} : il est hors de portée. Rapprochez le boîtier de son routeur ou choisissez un autre réseau.',
  noAddress:
    '{name} accepte le boîtier mais ne lui donne pas d’adresse. Redémarrez son routeur, choisissez un autre réseau ou prenez un câble.',
  passwordShort: 'Un mot de passe Wi-Fi a de 8 à 63 caractères.',
  chooseOne: 'Choisissez-en un, ou passez.',
  cameraTitle: 'Caméra',
  cameraHint: 'Choisissez la caméra. L’image montre ce que verront les invités.',
  noCamera: 'Aucune caméra trouvée. Branchez-en une et cherchez encore.',
  testPicture: 'Une image de test',
  soundHint: 'Choisissez d’où vient le son. Jouez quelque chose : les indicateurs doivent bouger.',
  noSoundCard: 'Aucune carte son trouvée. Branchez-en une et cherchez encore.',
  testTone: 'Un son de test',
  restarting: 'Le boîtier redémarre pour l’utiliser, cela prend quelques secondes…',
  destinationTitle: 'Envoyer aussi ailleurs',
  destinationHint: 'Les invités dans la salle peuvent regarder sans cela.',
  onlyHere: 'Seulement dans cette salle',
  toService: 'Vers YouTube, Twitch ou un autre service (RTMP)',
  toReceiver: 'Vers un récepteur (SRT)',
  streamKey: 'Clé de diffusion',
  addressLike:
    'L’adresse commence par rtmp:// ou rtmps://. Copiez-la du service, sans la clé de diffusion.',
  keyMissing: 'Saisissez la clé de diffusion que le service affiche.',
  receiverMissing: 'Saisissez l’adresse du récepteur et son port : un nombre jusqu’à 65535.',
  titleTitle: 'Titre du premier drop',
  titleHint: 'Les invités le voient sur leur téléphone.',
  nearlyTitle: 'Presque fini',
  noteFirst:
    'Le boîtier quitte maintenant son propre Wi-Fi, et cette page peut se fermer toute seule. Faites-en d’abord une capture d’écran.',
  doneTitle: 'C’est prêt',
  joinFirst: 'Connectez ce téléphone à {name}, puis ouvrez :',
  joinAfter: 'Ensuite, connectez ce téléphone à {name} et ouvrez cette adresse.',
  openThis: 'Désormais, ouvrez :',
  madePin: 'Le boîtier a créé ce code PIN : {pin}. Notez-le.',
  failsBack:
    'Si le boîtier ne peut pas rejoindre {name} en une minute, il revient au réseau d’avant, ou son propre Wi-Fi revient, et vous pourrez choisir à nouveau.',
  keepsApart:
    'Si la page ne s’ouvre pas là, ce Wi-Fi empêche ses appareils de se joindre, et les clients ne pourraient pas non plus y regarder. Prenez un câble, ou éteignez ce Wi-Fi pendant cinq minutes : celui du boîtier revient, et vous pourrez en choisir un autre.',
  wifiTitle: 'Wi-Fi du lieu',
  wifiHint:
    'Le boîtier quitte son réseau pour celui choisi ici, et cette page avec lui. Les invités y regardent.',
  join: 'Connecter le boîtier',
  begunElsewhere:
    'L’installation a commencé sur un autre téléphone. Saisissez le code choisi là-bas et continuez ici.',
  notSetUp:
    'Ce boîtier n’est pas encore configuré. Connectez ce téléphone au Wi-Fi du boîtier, ou le boîtier à votre routeur par un câble, et rouvrez cette page.',
};
