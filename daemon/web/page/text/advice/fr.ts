/** What a person can do about an alert, in French. */
import type { AdviceTexts } from './en.ts';

export const fr: AdviceTexts = {
  panelAway:
    'Utilisez plutôt la page de régie. Vérifiez le câble et « Boutons et voyants » dans les réglages.',
  lampsAway:
    'Regardez plutôt la page de régie. Vérifiez le câble et « Boutons et voyants » dans les réglages.',
  pluggedIn: 'Vérifiez qu’elle est branchée et allumée.',
  newRoll: 'Mettez un nouveau rouleau, puis réimprimez ce qui a échoué.',
  rollReady: 'Gardez un nouveau rouleau sous la main.',
  closeCover: 'Fermez le capot.',
  lookAtPrinter:
    'Regardez l’imprimante. Sur la page de régie, sous « Tickets imprimés », dites qu’il est imprimé ou réimprimez-le.',
  unblockSlips:
    'Vérifiez que l’imprimante imprime. Sur la page de régie, sous « Tickets imprimés », dites de chaque ticket douteux s’il est imprimé. Touchez « Ne pas imprimer » pour ceux dont personne n’a besoin.',
  moreSlips:
    'La box n’imprime pas plus de tickets par heure que les réglages ne le permettent. Pour en imprimer plus, augmentez-y « Tickets par heure ».',
  noOrderLost: 'Aucune commande n’est perdue : ses tickets s’impriment plus tard d’eux-mêmes.',
  clearPaper: 'Ouvrez-la, retirez le papier, éteignez-la puis rallumez-la.',
  freeSystemDisk: 'Libérez de la place sur le disque système, ou remplacez-le.',
  versionBefore: 'La version précédente continue. Signalez-le à qui publie les versions.',
  leaveSafeMode:
    'Lisez ci-dessous ce qui l’a arrêtée, puis redémarrez la box : cela quitte ce mode.',
  giveAir: 'Donnez de l’air à la box et mettez-la à l’ombre.',
  cooling: 'Vérifiez l’aération et l’alimentation ; si cela dure, réduisez les renditions.',
  strongerSupply: 'Prenez une alimentation plus forte et un câble plus court et plus épais.',
  strongerNext: 'Prenez une alimentation plus forte avant le prochain drop.',
  stopPrograms: 'Arrêtez d’autres programmes, ou baissez viewers.window_s.',
  freeSpace: 'Libérez de la place, ou prenez un autre disque.',
  replaceDisk: 'Remplacez-le avant qu’il ne lâche.',
  wifiAgain: 'Connectez un téléphone au Wi-Fi de la box et choisissez de nouveau un Wi-Fi.',
  wifiNearer:
    'Rapprochez la box du routeur de ce Wi-Fi, ou choisissez-en un autre sur le Wi-Fi de la box.',
  wifiPassword: 'Connectez un téléphone au Wi-Fi de la box et ressaisissez le mot de passe.',
  wifiRouter: 'Redémarrez le routeur de ce Wi-Fi, ou prenez un câble.',
  timeServer:
    'Reliez la box à un réseau avec un serveur de temps : les enregistrements et les certificats ont besoin de l’heure.',
  retried: 'La box réessaie toute seule.',
  staysRestart: 'Si cela dure, redémarrez la box.',
  cameraPlugged: 'Vérifiez que la caméra est branchée et allumée.',
  secondCameraPlugged: 'Vérifiez que la seconde caméra est branchée et allumée.',
  soundPlugged: 'Vérifiez que la carte son est branchée.',
  roomWatches: 'Le public dans la salle peut continuer à regarder.',
  phoneAgain: 'Reconnectez le téléphone ou OBS.',
  networkCamera:
    'Vérifiez que la caméra réseau est allumée, et son adresse et son identifiant dans les réglages.',
  networkSound: 'Activez le son de la caméra réseau dans ses propres réglages.',
  phoneSound: 'Autorisez le micro sur le téléphone ou dans OBS, puis reconnectez-le.',
  recovered:
    'C’est reparti tout seul. Si cela se reproduit, enregistrez un fichier d’assistance (section Assistance) et envoyez-le à votre support.',
  restarted: 'Cela redémarre tout seul.',
  againRestart: 'Si cela se reproduit, redémarrez la box.',
  soundCables:
    'Vérifiez que la carte son est branchée, puis les câbles, le gain et l’alimentation fantôme.',
  channelCable: 'Vérifiez le câble de ce canal, ou mettez sound.channels à 1.',
  gainDown: 'Baissez le gain jusqu’à ce que le passage le plus fort reste sous -6 dBFS.',
  otherPort: 'Arrêtez l’autre programme, ou changez viewers.port.',
  moreConnections: 'Augmentez viewers.max_connections, ou placez un cache devant la box.',
  pinFile:
    'Indiquez dans modems.pin_files un fichier avec son code PIN ; le code PUK est dans la lettre de l’opérateur.',
  putPin: 'Mettez le PIN de la carte SIM dans un fichier, et indiquez-le dans modems.pin_files.',
  rightPin: 'Écrivez le bon code PIN dans ce fichier (modems.pin_files) ; il sera alors réessayé.',
  unlockSim:
    'Débloquez la carte SIM dans un téléphone, et mettez son code PIN dans le fichier de modems.pin_files.',
  othersUsed:
    'D’autres programmes l’ont utilisée aussi. Augmentez son forfait, ou prenez une autre carte SIM.',
  antenna:
    'Vérifiez son antenne, sa carte SIM et sa prise. Pour arrêter les redémarrages, désactivez modems.reset dans les réglages.',
  modemManager: 'Vérifiez que ModemManager tourne ; avec modems.at_ports, ces ports et les prises.',
  otherBox: 'Vérifiez que l’autre box est en marche, le réseau entre les deux, et edge.upstream.',
  checkUplink: 'Vérifiez le réseau, et l’adresse et le port du récepteur dans les réglages.',
  checkModems: 'Vérifiez les modems, les cartes SIM, les câbles réseau et le récepteur.',
  othersCarry: 'Les autres liaisons portent le direct. Vérifiez son modem ou son câble.',
  otherSim:
    'Prenez une autre carte SIM ou un autre réseau. Si toutes les liaisons font ainsi, la box s’adapte.',
  smallerPackets: 'La box essaie de plus petits paquets. Si cela dure, prenez un autre réseau.',
  raiseBudget: 'Augmentez son forfait, ou prenez une autre carte SIM.',
  checkBroker:
    'Le drop continue, et les événements partiront plus tard. Vérifiez le serveur MQTT et mqtt.url.',
  freeState: 'Le drop continue. Libérez de la place sur le disque de l’état, ou remplacez-le.',
  waitOnDisk:
    'Ils attendent sur le disque. Autorisez la box à publier dans venuebox/v1/<box>/# sur le serveur.',
  letPublish: 'Autorisez la box à publier dans venuebox/v1/<box>/# et à s’y abonner.',
  bringBack:
    'Rétablissez le serveur MQTT, vérifiez le disque de l’état, ou augmentez mqtt.spool_mb.',
  sellByHand:
    'Vendez à la main et notez chaque vente. Après le drop, copiez le dossier « orders » de l’état de la box sur un autre disque : rien n’en est perdu. Demandez au support comment commencer une nouvelle liste.',
  installNewer: 'Réinstallez la version plus récente : aucune commande n’est perdue.',
  freeOrders:
    'Libérez de la place sur le disque de la box, ou remplacez-le. Les acheteurs pourront alors réessayer.',
  exportOrders:
    'Exportez les commandes, déplacez le dossier « orders », et réglez un autre drop.id.',
  unmatchedFull:
    'Enregistrez la liste des commandes en tableau et parcourez-la. Touchez ensuite « Retirer les paiements sans article » sous cette liste : le tableau les garde. D’ici là, la box n’en note pas d’autres : cherchez-les auprès de votre service de paiement. Faites que votre boutique n’envoie que ce qui est vendu ici.',
  giveBack: 'Remboursez auprès de votre service de paiement, puis annulez la commande ici.',
  correctItem:
    'Corrigez l’article dans votre boutique pour les prochains acheteurs. Pour accepter ce paiement, ajoutez l’article au catalogue sous l’identifiant envoyé par votre boutique : il est accepté quand il est envoyé à nouveau. Ou remboursez auprès de votre service de paiement, puis annulez la commande ici.',
  giveOtherBack:
    'Votre boutique a utilisé deux fois le numéro d’une commande. Remboursez cet autre paiement auprès de votre service de paiement, puis touchez « Argent remboursé » à côté dans la liste des commandes. La commande elle-même est conservée.',
  plugInLater: 'Branchez le secteur dès que possible.',
  plugIn: 'Branchez le secteur.',
  plugInNow: 'Branchez le secteur maintenant ; sinon la box termine le drop et s’éteint.',
  stayOnMains:
    'Restez sur secteur. Vérifiez la carte de la batterie, et power.board dans les réglages.',
  cutPower: 'Rien n’est en cours d’enregistrement : vous pouvez couper le courant.',
  othersGoOn: 'Les autres enregistrements continuent.',
  freeGoesOn: 'Libérez de la place ou prenez un autre disque : cela reprend tout seul.',
  saveOthers: 'Sauvegardez-les et effacez-les, ou prenez un autre disque : cela reprend tout seul.',
  writeProtection: 'Vérifiez sa protection ; une carte usée se verrouille elle-même.',
  plugAgain: 'Rebranchez-le : il est réparé et cela reprend tout seul.',
  checkPlug: 'Vérifiez sa prise, ou prenez un autre disque.',
  checkDisk: 'Vérifiez ce disque.',
  newFile: 'Cela continue dans un nouveau fichier. Si cela se reproduit, vérifiez ce disque.',
  tooSlow: 'Le disque est trop lent ou presque mort ; prenez-en un autre.',
  secondCopy:
    'Si ce disque tombe en panne, les deux copies sont perdues : enregistrez la seconde sur un autre disque.',
  destinationOthers:
    'Toutes les autres reçoivent le direct. Vérifiez uplink.destinations, et le direct chez ce service.',
  destinationAlone: 'Vérifiez le réseau, et uplink.destinations dans les réglages.',
  repairLook:
    'Corrigez cette ligne du fichier, ou choisissez un autre étalonnage. Le public voit les couleurs de la caméra.',
  renewCertificate: 'Le drop continue. Vérifiez la date de la box, sinon renouvelez le certificat.',
  ownName:
    'Les commandes arrivent à l’une ou l’autre. Donnez à chaque box un nom à elle dans ses réglages.',
  largerPackets:
    'Augmentez la taille maximale acceptée par le broker (mosquitto : max_packet_size).',
  checkBackfill: 'Nouvel essai automatique. Vérifiez uplink.backfill et le stockage du relais.',
  letGo: 'Relâchez-le et n’y touchez pas pendant une demi-minute.',
  stuckCable:
    'Si personne n’appuie, regardez son câble. Pour un bouton qui s’ouvre quand on appuie, changez « Actif au niveau bas » dans les réglages, sous « Boutons et voyants ».',
  certificateNew:
    'Demandez-en un nouveau et téléversez-le dans les réglages, sous « Certificat pour HTTPS » : les navigateurs refusent un certificat expiré.',
  lookThroughSettings: 'Ouvrez les réglages, parcourez-les et appliquez ce qui manque.',
  correctDrop:
    'Corrigez la ligne dans drops.yaml, ou ajoutez le drop sur la page de régie. Les autres restent.',
  shopSecret:
    'Les commandes payées en ligne n’arrivent pas. Mettez le secret de signature dans le fichier, lisible par la box seule ; il est lu aussitôt.',
  shorterLink: 'Prenez un lien plus court, ou augmentez le débit de la plus petite qualité.',
  chooseCode: 'Définissez drop.overlay.code.link, ou choisissez un autre code sur cette page.',
  networkHelper: 'Réinstallez la box : son assistant réseau ne répond pas.',
  networkPrograms: 'Installez les paquets nftables et iproute2.',
  networkManager: 'Vérifiez que NetworkManager est installé et fonctionne.',
  networkDevice:
    'Vérifiez qu’il est branché, ainsi que network.guests.device et network.crew.device dans les réglages.',
  networkTaken:
    'Vérifiez qu’aucun autre programme n’utilise cette carte ou ce port. Certaines cartes Wi-Fi ne peuvent pas offrir de réseau.',
  shaperTaken:
    'Arrêtez le programme qui règle le débit de cette interface, ou prenez-en une autre.',
  ticketKey:
    'À la remise, comparez les coupons de retrait avec la liste des commandes : ceux imprimés avant ne peuvent plus être vérifiés. S’il existe une copie de ticket-key.pem, remettez-la dans le dossier de la box ; supprimez ensuite ticket-key.pem.bad et redémarrez la box.',
  compareTickets:
    'Comparez les tickets sortis avec la liste des commandes, et écrivez à la main ce qui manque. Supprimez ensuite, dans le dossier prints de la box, les fichiers qui finissent par .bad.',
  unreadSlips:
    'Avant l’ouverture des portes ou après le spectacle, redémarrez la box : elle imprime alors les tickets qu’elle ne peut pas lire maintenant. Si elle ne le peut toujours pas, comparez les tickets sortis avec la liste des commandes, écrivez à la main ce qui manque et remplacez le disque système.',

  // Of checks.
  upsBoard: 'Une coupure met fin au drop : utilisez une carte onduleur, ou fixez la prise.',
  secondModem: 'Ajoutez un second modem, ou le câble du lieu, à uplink.links.',
  secondLinkAgain: 'Rétablissez une seconde liaison et répétez encore.',
  secondLink: 'Rétablissez une seconde liaison.',
  cablesChannels: 'Vérifiez les câbles et sound.channels.',
  coolingSupply: 'Vérifiez le refroidissement et l’alimentation.',
  modemAntenna: 'Vérifiez son modem, son antenne, sa SIM ou son câble.',
  diskOrFolder: 'Vérifiez ce disque, ou choisissez un autre dossier.',
  microphoneCable: 'Vérifiez ce micro et son câble.',
  microphoneGain: 'Vérifiez ce micro, son câble et son gain.',
  cdnKeeps: 'Vérifiez que le CDN conserve Cache-Control et les paramètres d’adresse tels quels.',
  cameraCable: 'Vérifiez la caméra et son câble.',
  withoutDisk: 'Vérifiez le disque ; sans lui, rien n’y est enregistré.',
  linksReceiver: 'Vérifiez les liaisons et le récepteur ; lancez les vérifications.',
  linksDown: 'Vérifiez les liaisons en panne.',
  otherLinks: 'Vérifiez les autres liaisons.',
  otherLinksDepend: 'Vérifiez les autres liaisons : le flux dépend de celle-ci.',
  modemsCables: 'Vérifiez leurs modems et leurs câbles.',
  receiverPassphrase: 'Vérifiez l’adresse, le port et la phrase secrète du récepteur.',
  sameNetwork:
    'Vérifiez viewers.address, et que les téléphones sont dans le même réseau que la box.',
  closeIt: 'Fermez-le.',
  networkTimeServer: 'Connectez la box à un réseau avec un serveur de temps.',
  connectNetwork: 'Connectez la box à un réseau.',
  deleteOld: 'Supprimez d’anciens enregistrements ou clips.',
  disarmAgain: 'Touchez « Remettre en veille » et relancez les vérifications.',
  letCdn:
    'Chaque invité distant utilise la liaison montante : laissez le CDN mettre en cache ce que la box indique.',
  freeSpaceDisk: 'Libérez de l’espace, ou prenez un autre disque.',
  eachOwnDisk: 'Donnez à chaque copie son propre disque.',
  oneOwnDisk: 'Donnez à l’un d’eux son propre disque.',
  newDropId: 'Donnez à un autre drop un nouveau drop.id ; celui que l’on refait continue tel quel.',
  secondRoll: 'Gardez un second rouleau à portée de main.',
  installLibav: 'Installez gstreamer1.0-libav : il décode l’image des aperçus.',
  losesPackets: 'Elle perd des paquets : déplacez l’antenne, ou baissez uplink.bitrate_bps.',
  letCharge: 'Laissez-la se charger avant le drop.',
  playDuringChecks: 'Faites jouer quelqu’un pendant les vérifications.',
  letPlay: 'Faites jouer quelqu’un, et vérifiez câbles, gain et alimentation fantôme.',
  paperAddress: 'Regardez son papier, et imprimez l’adresse une fois.',
  antenna5g: 'Regardez l’antenne 5G, ou augmentez son poids dans uplink.links.',
  whatChanged: 'Cherchez ce qui a changé : place des antennes, foule, métal sur le chemin.',
  secondDisk: 'Branchez un second disque et ajoutez-le à recording.targets.',
  fullBattery: 'Branchez le secteur, ou prenez une batterie pleine.',
  poorRadio: 'Signal faible : placez l’antenne près d’une fenêtre, loin du métal.',
  putRoll: 'Mettez un nouveau rouleau.',
  raiseStock: 'Augmentez le stock ; un autre drop reçoit un nouveau drop.id.',
  latencyOrLink: 'Augmentez uplink.latency_ms, ou remplacez la liaison lente.',
  raiseLatency: 'Augmentez uplink.latency_ms.',
  lostInTime:
    'Augmentez uplink.latency_ms : les paquets perdus arrivent alors à temps par l’autre liaison.',
  rehearsePlaying: 'Répétez pendant que quelqu’un joue.',
  repairLine:
    'Corrigez cette ligne, ou choisissez un autre étalonnage : les spectateurs n’en ont aucun.',
  restartPrint: 'Redémarrez la box et réimprimez l’adresse.',
  checksBefore: 'Lancez les vérifications avant le drop.',
  checksWhileCan: 'Lancez les vérifications quand elle le peut.',
  checksNotLive: 'Lancez les vérifications quand rien n’est en direct.',
  checksCamera: 'Lancez les vérifications : caméra, encodeur ou page ne marchent pas.',
  sharpWithout: 'Lancez venuebox doctor ; sharp a été compilé sans ce format.',
  ledgerVerify: 'Voyez l’alerte ; venuebox ledger verify en dit plus.',
  seePrinter: 'Remettez l’imprimante en état, puis imprimez l’adresse.',
  setFrameRate:
    'Réglez la caméra sur cette cadence, ou camera.fps sur celle de la caméra ; le manque de lumière en ralentit certaines.',
  twoFolders: 'Indiquez deux dossiers sur deux disques dans recording.targets.',
  shorterParts:
    'Des segments plus courts (viewers.part_ms), moins de qualités, ou une machine plus rapide.',
  slowNetwork: 'Lent : vérifiez le réseau entre la box et cette adresse.',
  slowRaise: 'Lent : augmentez uplink.latency_ms pour que le récepteur ne remarque rien.',
  stayMains: 'Restez sur secteur.',
  stayMainsBoard: 'Restez sur secteur ; vérifiez la carte de batterie.',
  switchOnCable: 'Allumez-la et vérifiez son câble.',
  switchOnLock: 'Activez-le, pour que la caméra ne se réajuste pas quand la lumière change.',
  cannotKeepUp: 'La box ne suit pas : voyez son processeur et sa température.',
  runSurvey: 'La veille, lancez la mesure du lieu pendant une heure, à l’heure du drop.',
  farGap: 'Le récepteur a vu une coupure : augmentez uplink.latency_ms.',
  roomLinks: 'La salle peut regarder ; vérifiez les liaisons.',
  roomNetwork: 'La salle peut regarder ; branchez un réseau.',
  tooSlowLook: 'Trop lent pour cette machine : réduisez l’image de la caméra, ou aucun étalonnage.',
  gainPeaks: 'Baissez le gain jusqu’à ce que les crêtes restent sous -6 dBFS.',
  gainLess: 'Baissez le gain.',
  shorterAddress: 'Utilisez un viewers.address plus court, ou un papier plus large.',
  smallerPicture: 'Utilisez une image plus petite ou moins de qualités.',
  waitFew: 'Attendez quelques secondes.',
  waitArmed:
    'Attendez quelques secondes après « Préparer » ; une caméra qui ne peut pas verrouiller se règle à la main sur elle-même.',
  waitSome: 'Attendez quelques secondes.',
  otherCodeLink: 'Choisissez un autre lien pour le code.',
  calmerCorner: 'Placez-le dans un coin plus calme, ou utilisez un lien plus court.',
  checklistWithPicture: 'Relancez la liste de contrôle pendant que l’image tourne.',
  surveyLongAgo: 'C’est ancien : refaites la mesure du lieu, à l’heure du drop.',
};
