/// How calls look and what can be done in them; what is absent is not set (ORG-7).
package struct CallSettings: Hashable, Sendable {
    package var screenSharing: Bool?
    package var fileSharing: Bool?
    package var backgroundReplacement: Bool?
    /// Warn that a replaced background may hide what has to be seen.
    package var backgroundWarning: Bool?
    package var resolutionChange: Bool?
    package var videoFit: VideoFit?
    /// Camera and microphone are tried before a call is entered.
    package var settingsFirst: Bool?
    package var stopsWhenCameraFails: Bool?
    /// In the browser rather than in the app.
    package var opensInBrowser: Bool?
    package var audibleAlarm: Bool?
    /// Address of a frame shown around the call.
    package var customFrame: PublicText?
    /// Address of another consultation room than ours.
    package var customRoom: PublicText?
    package var subtitles: Bool?
    package var liveTranslation: Bool?
    /// Each participant chooses the language of what they read; else it is the clinic's first.
    package var languagePerParticipant: Bool?
    /// Addresses of pictures to stand behind somebody; none: not set.
    package var backgroundPictures: [PublicText]
    /// Address of a document that those in the call share.
    package var sharedDocument: PublicText?

    package static let picturesMax = 20
    /// UTF-8 bytes of an address.
    package static let addressMax = 500

    package init() { backgroundPictures = [] }

    /// What holds where nobody set anything: what keeps patients safest.
    package static let builtIn: CallSettings = {
        var settings = CallSettings()
        settings.screenSharing = true
        settings.fileSharing = true
        settings.backgroundReplacement = true
        settings.backgroundWarning = true
        settings.resolutionChange = true
        settings.videoFit = .contain
        settings.settingsFirst = true
        settings.stopsWhenCameraFails = false
        settings.opensInBrowser = true
        settings.audibleAlarm = true
        settings.subtitles = false
        settings.liveTranslation = false
        settings.languagePerParticipant = true
        return settings
    }()
}

extension CallSettings: PlainStruct {
    package init<F: PlainFields>(_ f: inout F) throws(WireError) where F.Root == Self {
        screenSharing = try f(1, "screen_sharing", \.screenSharing)
        fileSharing = try f(2, "file_sharing", \.fileSharing)
        backgroundReplacement = try f(3, "background_replacement", \.backgroundReplacement)
        backgroundWarning = try f(4, "background_warning", \.backgroundWarning)
        resolutionChange = try f(5, "resolution_change", \.resolutionChange)
        videoFit = try f(6, "video_fit", \.videoFit)
        settingsFirst = try f(7, "settings_first", \.settingsFirst)
        stopsWhenCameraFails = try f(8, "stops_when_camera_fails", \.stopsWhenCameraFails)
        opensInBrowser = try f(9, "opens_in_browser", \.opensInBrowser)
        audibleAlarm = try f(10, "audible_alarm", \.audibleAlarm)
        customFrame = try f(11, "custom_frame", \.customFrame)
        customRoom = try f(12, "custom_room", \.customRoom)
        subtitles = try f(13, "subtitles", \.subtitles)
        liveTranslation = try f(14, "live_translation", \.liveTranslation)
        languagePerParticipant = try f(
            15, "language_per_participant", \.languagePerParticipant)
        backgroundPictures = try f(16, "background_pictures", \.backgroundPictures)
        sharedDocument = try f(17, "shared_document", \.sharedDocument)
    }
}

/// How a picture fills its place.
package enum VideoFit: Int, GrowingEnum {
    /// All of the place; edges of the picture may be cut.
    case cover = 0
    /// All of the picture.
    case contain = 1
}

/// The settings of ``CallSettings`` by name.
package enum CallSetting: Int, GrowingEnum {
    case screenSharing = 0
    case fileSharing = 1
    case backgroundReplacement = 2
    case backgroundWarning = 3
    case resolutionChange = 4
    case videoFit = 5
    case settingsFirst = 6
    case stopsWhenCameraFails = 7
    case opensInBrowser = 8
    case audibleAlarm = 9
    case customFrame = 10
    case customRoom = 11
    case subtitles = 12
    case liveTranslation = 13
    case languagePerParticipant = 14
    case backgroundPictures = 15
    case sharedDocument = 16

    /// `screenSharing`: as commands and answers write it.
    package var word: String { "\(self)" }

    /// What the operator's package has to allow (ROLE-5); nil: nothing.
    package var function: PackageFunction? {
        switch self {
        case .customFrame: .customFrame
        case .customRoom: .customRoom
        case .screenSharing, .fileSharing, .backgroundReplacement, .backgroundWarning,
            .resolutionChange, .videoFit, .settingsFirst, .stopsWhenCameraFails,
            .opensInBrowser, .audibleAlarm, .subtitles, .liveTranslation,
            .languagePerParticipant, .backgroundPictures, .sharedDocument:
            nil
        }
    }
}

extension CallSettings {
    package func has(_ setting: CallSetting) -> Bool {
        switch setting {
        case .screenSharing: screenSharing != nil
        case .fileSharing: fileSharing != nil
        case .backgroundReplacement: backgroundReplacement != nil
        case .backgroundWarning: backgroundWarning != nil
        case .resolutionChange: resolutionChange != nil
        case .videoFit: videoFit != nil
        case .settingsFirst: settingsFirst != nil
        case .stopsWhenCameraFails: stopsWhenCameraFails != nil
        case .opensInBrowser: opensInBrowser != nil
        case .audibleAlarm: audibleAlarm != nil
        case .customFrame: customFrame != nil
        case .customRoom: customRoom != nil
        case .subtitles: subtitles != nil
        case .liveTranslation: liveTranslation != nil
        case .languagePerParticipant: languagePerParticipant != nil
        case .backgroundPictures: !backgroundPictures.isEmpty
        case .sharedDocument: sharedDocument != nil
        }
    }

    /// Takes one setting over as it is there, set or not.
    package mutating func take(_ setting: CallSetting, from other: CallSettings) {
        switch setting {
        case .screenSharing: screenSharing = other.screenSharing
        case .fileSharing: fileSharing = other.fileSharing
        case .backgroundReplacement: backgroundReplacement = other.backgroundReplacement
        case .backgroundWarning: backgroundWarning = other.backgroundWarning
        case .resolutionChange: resolutionChange = other.resolutionChange
        case .videoFit: videoFit = other.videoFit
        case .settingsFirst: settingsFirst = other.settingsFirst
        case .stopsWhenCameraFails: stopsWhenCameraFails = other.stopsWhenCameraFails
        case .opensInBrowser: opensInBrowser = other.opensInBrowser
        case .audibleAlarm: audibleAlarm = other.audibleAlarm
        case .customFrame: customFrame = other.customFrame
        case .customRoom: customRoom = other.customRoom
        case .subtitles: subtitles = other.subtitles
        case .liveTranslation: liveTranslation = other.liveTranslation
        case .languagePerParticipant: languagePerParticipant = other.languagePerParticipant
        case .backgroundPictures: backgroundPictures = other.backgroundPictures
        case .sharedDocument: sharedDocument = other.sharedDocument
        }
    }

    /// The settings that are set, in their order.
    package var chosen: [CallSetting] { CallSetting.allCases.filter(has) }
}
